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

std::string native_code_text(const native::Tiers& tiers) {
  const native::CompilerCounts counts = tiers.compiler()->counts();
  const native::Served served = tiers.served();
  std::string out = fmt::format(
      "native code: {} loops compiled in {:.1f} ms, {} found again, {} failed, {} waiting; {} held, {} KiB\n",
      counts.compiled, counts.compile_seconds * 1e3, counts.hits, counts.failed, counts.waiting, counts.held,
      (counts.held_bytes + 1023) / 1024);
  out += fmt::format("pages: {} native, {} interpreted\n", served.native, served.interpreted);
  if (counts.failed > 0) out += fmt::format("the last failure: {}\n", counts.last_failure);
  return out;
}

}  // namespace rec::rec_run
