// e^x and its relatives, the project's one definition: it gives the same bits at every vector width, on every compiler,
// and in native code, which is made from the same templates (form/traced.h).
//
// The core works in double and its result is rounded once to float: docs/algorithms.md, "Elementary functions", bounds
// the errors. Branch-free, so that loops over it vectorise; `inline`, without which g++ makes a call of the long ones.
// Special values are C's (Annex F); a NaN that comes out is always the same one.
#pragma once

#include <cstdint>
#include <limits>

#include "operators/form/scaling.h"
#include "operators/numerics/polynomial.h"

namespace rec::numerics {

using form::narrow;
using form::nearest;
using form::scaled;
using form::select;
using form::widen;

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr double kLog2E = 1.4426950408889634;
inline constexpr double kLn2 = 0.6931471805599453;

/// (2^r - 1) / r for |r| <= 1/2: the polynomial of degree 5 with the least relative error, 2^-26.4.
template <typename Double>
inline Double exp2_slope(Double r) {
  return polynomial(r, 0.6931471879265276, 0.24022649795175965, 0.055503574330538735, 0.009618237474658604,
                    0.0013390735778215292, 0.00015403517180253635);
}

/// x held between -limit and limit; NaN stays NaN.
template <typename Number, typename Limit>
inline Number bounded(Number x, Limit limit) {
  const Number low = select(x < -limit, Number(-limit), x);
  return select(low > limit, Number(limit), low);
}

/// 2^t for |t| <= 999, and NaN.
template <typename Double>
inline Double exp2_core(Double t) {
  const Double n = nearest(t);
  const Double r = t - n;
  return scaled(fused(r, exp2_slope(r), Double(1.0)), n);
}

/// 2^t - 1, without cancellation, for |t| as there.
template <typename Double>
inline Double exp2m1_core(Double t) {
  const Double n = nearest(t);
  const Double r = t - n;
  const Double scale = scaled(Double(1.0), n);
  return fused(scale, r * exp2_slope(r), scale - 1.0);
}

// Beyond ±110 e^x is 0 or infinite as a float, e^x - 1 is -1 or infinite, and beyond ±55 tanh x is ±1.

template <typename Float>
inline Float exp(Float x) {
  return select(x != x, Float(kNaN), narrow(exp2_core(widen(bounded(x, 110.0F)) * kLog2E)));
}

template <typename Float>
inline Float expm1(Float x) {
  const Float y = narrow(exp2m1_core(widen(bounded(x, 110.0F)) * kLog2E));
  return select(x != x, Float(kNaN), select(x == 0, x, y));
}

/// 1 / (1 + e^-x).
template <typename Float>
inline Float sigmoid(Float x) {
  const auto e = exp2_core(widen(bounded(x, 110.0F)) * -kLog2E);
  return select(x != x, Float(kNaN), narrow(1.0 / (1.0 + e)));
}

/// t / (t + 2) with t = e^2x - 1.
template <typename Float>
inline Float tanh(Float x) {
  const auto t = exp2m1_core(widen(bounded(x, 55.0F)) * (2 * kLog2E));
  return select(x != x, Float(kNaN), select(x == 0, x, narrow(t / (t + 2.0))));
}

}  // namespace rec::numerics
