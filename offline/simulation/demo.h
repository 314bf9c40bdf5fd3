// The demo universe: a generated note-sharing app whose users act on latent interests. docs/demo.md describes the
// model.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "offline/ingest/csv.h"

namespace rec::simulation {

struct DemoOptions {
  uint32_t users = 2000;
  uint32_t items = 10000;
  uint32_t exposures_per_user = 100;
  uint64_t seed = 1;
  bool write_truth = false;  // truth.csv: user, note, affinity of every exposed pair and of each user's best notes
};
struct DemoSummary {
  uint64_t users = 0, items = 0, exposures = 0;
};

/// Writes catalog.yaml, users.csv, notes.csv, content.npy, feedback.csv. Same options, same bytes.
std::expected<DemoSummary, ingest::FileError> write_demo(const std::string& directory, const DemoOptions& options);

}  // namespace rec::simulation
