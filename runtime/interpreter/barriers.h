// Barriers: values over all candidates present before a step, fitted once and then applied to any candidate.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "compiler/graph/expr.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::interpreter {

/// What one barrier keeps of the candidates it was fitted on. NaN is skipped; sums run in double in present order, of
/// ints in int64 with wrap-around.
class Barrier {
 public:
  /// `values`: of its argument, of type `kind`, for the `n` candidates present, in present order (unused by `count()`).
  Barrier(graph::Op op, types::Kind kind, const Values& values, size_t n);

  /// The barrier's value for `n` candidates with these arguments, in the physical type of its result. A candidate that
  /// was not present gets the value it would have had beside those that were.
  void apply(const Values& arguments, size_t n, void* out) const;

 private:
  void fit_order(const Values& values);
  void fit_sums(const Values& values);
  template <typename T>
  T constant() const;

  graph::Op op_;
  types::Kind kind_;
  size_t candidates_ = 0;           // with NaN
  size_t known_ = 0;                // without
  std::vector<int64_t> sorted_{};   // rank: order keys, largest first
  int64_t low_ = 0, high_ = 0;      // order keys
  double sum_ = 0, deviation_ = 0;  // population
  uint64_t whole_ = 0;              // the sum of ints
};

}  // namespace rec::interpreter
