// `rec-build check DIR`: every checksum and cross-reference of the current generation.
#include <fmt/format.h>

#include "apps/rec_build/commands.h"
#include "offline/build/build.h"

namespace rec::rec_build {

int run_check(const std::string& directory) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const bool whole = build::check(directory, sources, diagnostics);
  const int exit = show(diagnostics, sources);
  if (whole) {
    fmt::print("{} is whole\n", directory);
  }
  return exit;
}

}  // namespace rec::rec_build
