// A pipeline run as the language defines it, one row at a time: what the engine must agree with.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/interpreter/reference.h"

namespace rec::interpreter {

struct ReferenceItem {
  size_t table = 0;
  uint32_t row = 0;
  std::vector<int32_t> positions{};           // by channel, 0: not from it; empty for rows of another table
  std::vector<float> scores{};                // by channel; 0 without one
  std::vector<std::optional<Cell>> values{};  // by emit; nothing: absent
};

/// Sources items, list and pipelines; all merge policies; where, let, top, sort, take, when; rerank greedy with rules,
/// after other pages; insert; backfill. Barriers are those of the candidates present: where rows come in late, a
/// program has none.
std::vector<ReferenceItem> run_reference(RequestContext& context);

}  // namespace rec::interpreter
