// A pipeline run as the language defines it, one row at a time: what the engine must agree with.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/interpreter/reference.h"

namespace rec::interpreter {

struct ReferenceItem {
  uint32_t row = 0;
  std::vector<int32_t> positions;  // by channel, 0: not from it
  std::vector<float> scores;       // by channel; 0 without one
  std::vector<Cell> values;        // by emit
};

/// Sources items and list; merges in_order and round_robin; where, let, top, sort, take, rerank greedy without rules.
std::vector<ReferenceItem> run_reference(RequestContext& context);

}  // namespace rec::interpreter
