// How an aggregate over events that reads the candidate is taken apart: what groups the events, what filters them once,
// what is left to check for a pair. Depends on the plan alone.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/graph/plan.h"

namespace rec::graph {

struct Split {
  /// What is left to check for a pair, in order.
  struct Check {
    enum class Kind { condition, within, last, item } kind;
    size_t index = 0;  // condition: root of the pair program; else operand
  };
  static constexpr size_t kNone = SIZE_MAX;

  ExprId base = kNoExpr;         // the longest sequence without the candidate
  ExprId value = kNoExpr;        // what is summed
  std::vector<ExprId> operands;  // expressions of the candidate
  std::vector<ExprId> of_event;  // conditions of the event alone
  std::vector<ExprId> within;    // durations of request level: e.time > now - each
  std::vector<size_t> gates;     // conditions of the candidate alone, as operands
  bool keyed = false, as_double = false;
  ExprId event_key = kNoExpr;    // kNoExpr: e.item
  size_t candidate_key = kNone;  // operand
  std::vector<Check> checks;
  std::vector<ExprId> pair_roots;
  size_t value_root = kNone;
};

/// Whether the aggregate is known once a candidate's key is: one look-up a candidate.
inline bool is_look_up(const Split& split) {
  return split.keyed && split.checks.empty() && split.value_root == Split::kNone;
}

/// `aggregate`: a sequence_count, _sum, _mean, _min, _max or in_sequence whose sequence or lambda reads the candidate.
Split split(const Plan& plan, ExprId aggregate);

}  // namespace rec::graph
