// `rec-build import KIND FROM TO`: a public data set as a data directory.
#include <fmt/format.h>

#include <cstdio>

#include "apps/rec_build/commands.h"
#include "offline/importers/importers.h"

namespace rec::rec_build {

int run_import(const std::string& kind, const std::string& from, const std::string& to) {
  const auto import = kind == "movielens"  ? importers::import_movielens
                      : kind == "kuairand" ? importers::import_kuairand
                                           : importers::import_lightgcn;
  const auto summary = import(from, to);
  if (!summary) {
    return show(summary.error());
  }
  for (const std::string& warning : summary->warnings) {
    fmt::print(stderr, "note: {}\n", warning);
  }
  fmt::print("{}: {} users, {} items, {} events", to, summary->users, summary->items, summary->events);
  fmt::print("{}\n", summary->skipped_rows > 0 ? fmt::format("; {} rows left out", summary->skipped_rows) : "");
  return kOk;
}

}  // namespace rec::rec_build
