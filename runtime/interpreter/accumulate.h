// Sums, means and extremes over events, in event order.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/graph/expr.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::interpreter {

/// What an aggregate makes of a set of events.
struct Reduction {
  graph::Op op = graph::Op::sequence_count;  // sequence_count counts; in_sequence asks whether there is one
  types::Kind value = types::Kind::none;     // of the lambda: integer, floating, time or duration
  types::Type result;
};
/// The reduction of an aggregate node. Its lambda is no condition but a value; a `count`'s condition must be applied
/// before.
Reduction reduction_of(const graph::Exprs& exprs, const graph::Node& node);

/// One running aggregate. NaN and missing values are skipped; ints wrap, durations saturate, floats are added in
/// double.
class Accumulator {
 public:
  void add(const Reduction& reduction, const Values& values, size_t i);
  void add_event() { ++count_; }
  /// Writes the result at out[i] in the physical type of the result; `present` may be null where the result is not
  /// optional.
  void finish(const Reduction& reduction, void* out, uint8_t* present, size_t i) const;

 private:
  void add_float(const Reduction& reduction, float x);
  void add_int(const Reduction& reduction, int64_t x);
  int64_t mean_int() const;

  __extension__ using Int128 = __int128;

  uint64_t count_ = 0;
  double sum_ = 0;
  Int128 exact_ = 0;
  int64_t integer_ = 0;  // sum or extreme
  float floating_ = 0;   // extreme
};

}  // namespace rec::interpreter
