// `rec-build demo DIR`: the generated universe.
#include <fmt/format.h>

#include "apps/rec_build/commands.h"

namespace rec::rec_build {

int run_demo(const std::string& directory, const simulation::DemoOptions& options) {
  const auto summary = simulation::write_demo(directory, options);
  if (!summary) {
    return show(summary.error());
  }
  fmt::print("{}: {} users, {} notes, {} exposures\n", directory, summary->users, summary->items, summary->exposures);
  return kOk;
}

}  // namespace rec::rec_build
