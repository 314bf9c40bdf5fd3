// Barriers: values over all candidates present before a step, fitted once and then applied to any candidate.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "compiler/graph/expr.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::interpreter {

/// What one barrier keeps of the candidates it was fitted on. NaN is skipped; sums run in double in present order, of
/// ints in int64 with wrap-around.
class Barrier {
 public:
  /// `values`: of its argument, for the `n` candidates present, in present order (nothing for `count()`).
  Barrier(graph::Op op, const types::Type& argument, const Values& values, size_t n);

  /// The barrier's value for `n` candidates with these arguments, in the physical type of its result. A candidate that
  /// was not present gets the value it would have had beside those that were.
  void apply(const Values& arguments, size_t n, void* out) const;

 private:
  graph::Op op_;
  types::Kind kind_;
  std::vector<uint64_t> sorted_;  // rank: keys, largest first
  size_t count_ = 0;              // candidates; rank: those without NaN are sorted_.size()
  double low_ = 0, high_ = 0, mean_ = 0, deviation_ = 0;
  int64_t integer_ = 0;
  bool is_integer_ = false;
};

/// The barriers of one step, by expression.
using Barriers = std::map<graph::ExprId, Barrier>;

}  // namespace rec::interpreter
