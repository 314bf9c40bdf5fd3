// e^x and its relatives, the project's one definition: it gives the same bits at every vector width, on every compiler,
// and in native code, which is made from the same templates (form/traced.h).
//
// The core works in double, where its error is near 2^-37, and is rounded once to float: within 0.51 ulp. Branch-free,
// so that loops over it vectorise; `inline`, without which g++ makes a call of the long ones. Special values are C's
// (Annex F); a NaN that comes out is always the same one.
#pragma once

#include <cstdint>
#include <limits>

#include "operators/form/plain.h"

namespace rec::numerics {

using form::bits_of;
using form::from_bits;
using form::narrow;
using form::select;
using form::widen;
using form::wrapping_add;

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr double kLog2E = 1.4426950408889634;
inline constexpr double kLn2 = 0.6931471805599453;

/// e^r - 1 for |r| <= ln(2)/2: the Taylor series up to r^9.
template <typename Double>
inline Double expm1_series(Double r) {
  Double p = r * (1.0 / 362880) + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  return r + r * r * p;
}

/// A number as 2^n · e^r.
template <typename Double>
struct Exponent {
  Double scale;  // 2^n
  Double tail;   // e^r - 1
};

/// 1.5 · 2^52: adding it leaves the nearest integer in the low bits of a double.
inline constexpr double kRoundShift = 6755399441055744.0;

/// 2^n, where `shifted` is n + kRoundShift and |n| < 1000.
template <typename Double>
inline Double power_of_two(Double shifted) {
  return from_bits(wrapping_add(bits_of(shifted), int64_t{1023}) << 52);
}

/// Beyond these e^x is 0 or infinite as a float; NaN stays NaN.
template <typename Double>
inline Double clamp_exponent(Double x, double limit) {
  const Double low = select(x < -limit, -limit, x);
  return select(low > limit, limit, low);
}

template <typename Double>
inline Exponent<Double> split_exp(Double x) {
  const Double bounded = clamp_exponent(x, 110);
  const Double shifted = bounded * kLog2E + kRoundShift;
  const Double n = shifted - kRoundShift;
  return {power_of_two(shifted), expm1_series(bounded - n * kLn2)};
}

/// In double, for |x| <= 110; beyond that as at 110.
template <typename Double>
inline Double exp_core(Double x) {
  const Exponent e = split_exp(x);
  return e.scale + e.scale * e.tail;
}

template <typename Double>
inline Double expm1_core(Double x) {
  const Exponent e = split_exp(x);
  return e.scale * e.tail + (e.scale - 1.0);
}

template <typename Float>
inline Float exp(Float x) {
  return select(x != x, kNaN, narrow(exp_core(widen(x))));
}

template <typename Float>
inline Float expm1(Float x) {
  const Float signed_zero = select(x == 0, x, narrow(expm1_core(widen(x))));
  return select(x != x, kNaN, signed_zero);
}

/// 1 / (1 + e^-x).
template <typename Float>
inline Float sigmoid(Float x) {
  return select(x != x, kNaN, narrow(1.0 / (1.0 + exp_core(-widen(x)))));
}

template <typename Float>
inline Float tanh(Float x) {
  const auto t = expm1_core(2.0 * widen(x));
  const Float signed_zero = select(x == 0, x, narrow(t / (t + 2.0)));
  return select(x != x, kNaN, signed_zero);
}

}  // namespace rec::numerics
