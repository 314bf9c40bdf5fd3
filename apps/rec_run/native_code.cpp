// A compiler without a thread of its own: what a command runs is native from the first request on.
#include "apps/rec_run/native_code.h"

#include <fmt/format.h>

#include <cstdlib>

namespace rec::rec_run {

std::unique_ptr<native::Tiers> native_code(const source::Sources& sources) {
  auto compiler = native::make_compiler(
      {.in_background = false, .debug = std::getenv("REC_JIT_DEBUG") == nullptr ? nullptr : &sources});
  if (!compiler) {
    fmt::print(stderr, "error: {}\nhelp: leave out `--engine jit`; the interpreter gives the same pages\n",
               compiler.error());
    return nullptr;
  }
  return std::make_unique<native::Tiers>(std::move(*compiler));
}

}  // namespace rec::rec_run
