// `rec-build inspect DIR [--user U]`: what the current generation holds.
#include <fmt/format.h>

#include "apps/rec_build/commands.h"
#include "offline/build/build.h"

namespace rec::rec_build {

int run_inspect(const std::string& directory, const std::string& user) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const std::string text = build::inspect(directory, user, sources, diagnostics);
  fmt::print("{}", text);
  return show(diagnostics, sources);
}

}  // namespace rec::rec_build
