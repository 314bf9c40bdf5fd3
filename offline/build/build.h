// rec-build: raw files and a catalog become a generation; only what is stale is made again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"
#include "offline/ingest/holdout.h"

namespace rec::build {

/// An option of an index in place of the catalog's.
struct IndexSetting {
  std::string index, option, value;  // as they would be written
  bool operator==(const IndexSetting&) const = default;
};

struct BuildOptions {
  bool strict = false;                     // bad rows are errors
  bool full = false;                       // make everything again
  unsigned threads = 0;                    // of what comes out the same on any number of them; 0: one a core
  unsigned vector_threads = 1;             // of hnsw, ivf and pq: with several, no two builds are the same
  uint64_t memory = 0;                     // bytes that a build may hold; 0: half of what the machine has
  std::vector<ingest::Holdout> without{};  // events that are kept from everything that is made
  std::vector<IndexSetting> index_settings{};
  std::function<void(const std::string& what, double fraction)> progress{};  // called now and then, from one thread
};

struct BuildReport {
  bool published = false;  // false without errors: everything was up to date
  uint64_t generation = 0;
  std::vector<std::string> made, reused;  // parts: "table notes", "sequences", "index item_cf", ...
  std::vector<std::string> updated;       // parts that grew out of those before, with how much was made again
  std::vector<std::string>
      notes;  // bad rows by reason, files and lines of the first ones; gone items; indexes not built
  double seconds = 0;
};

/// Builds DIR. Takes DIR/.lock; publishes by renaming CURRENT; keeps the last three generations. Errors are in
/// `diagnostics`; then nothing was published and the generation before is as it was.
BuildReport build(const std::string& directory, const BuildOptions& options, source::Sources& sources,
                  diagnostics::Diagnostics& diagnostics);

/// `rec-build check DIR`: every checksum and cross-reference of the current generation.
bool check(const std::string& directory, source::Sources& sources, diagnostics::Diagnostics& diagnostics);
/// `rec-build inspect DIR [--user U]`: tables, counts, one user's history, as text.
std::string inspect(const std::string& directory, const std::string& user, source::Sources& sources,
                    diagnostics::Diagnostics& diagnostics);

}  // namespace rec::build
