// What is known of numbers before they are computed: bounds, whether NaN and -0.0 can be among them.
#pragma once

#include <limits>
#include <vector>

#include "compiler/graph/plan.h"

namespace rec::passes {

/// Holds for every row and every request. Of ints in double, rounded outwards; without a bound: infinite.
struct Range {
  double low = -std::numeric_limits<double>::infinity(), high = -low;
  bool nan = true;
  bool minus_zero = true;

  /// Neither NaN nor infinite, ever.
  bool finite() const;
  /// 0.0 or -0.0.
  bool is_zero() const { return low == 0 && high == 0 && !nan; }
  /// The sign bit is never set.
  bool unsigned_only() const { return low >= 0 && !minus_zero && !nan; }
};

/// The ranges of a table of expressions that grows. `plan`: for the bounds of its parameters.
class Ranges {
 public:
  explicit Ranges(const graph::Plan& plan) : plan_(plan) {}

  /// Of an int or float expression; of others nothing is known.
  Range of(const graph::Exprs& exprs, graph::ExprId id);

 private:
  const graph::Plan& plan_;
  std::vector<Range> known_{};  // by expression
};

}  // namespace rec::passes
