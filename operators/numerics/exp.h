// e^x and its relatives, the project's one definition: plain C++ that gives the same bits at every vector width and on
// every compiler.
//
// The core works in double, where its error is near 2^-37, and is rounded once to float: within 0.51 ulp. Branch-free,
// so that loops over it vectorise. Special values are C's (Annex F); a NaN that comes out is always the same one.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace rec::numerics {

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr double kLog2E = 1.4426950408889634;
inline constexpr double kLn2 = 0.6931471805599453;

/// e^r - 1 for |r| <= ln(2)/2: the Taylor series up to r^9.
inline double expm1_series(double r) {
  double p = 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  return r + r * r * p;
}

/// A number as 2^n · e^r.
struct Exponent {
  double scale;  // 2^n
  double tail;   // e^r - 1
};

/// 1.5 · 2^52: adding it leaves the nearest integer in the low bits of a double.
inline constexpr double kRoundShift = 6755399441055744.0;

/// 2^n, where `shifted` is n + kRoundShift and |n| < 1000.
inline double power_of_two(double shifted) {
  return std::bit_cast<double>((std::bit_cast<uint64_t>(shifted) + 1023) << 52);
}

/// Beyond these e^x is 0 or infinite as a float; NaN stays NaN.
inline double clamp_exponent(double x, double limit) {
  const double low = x < -limit ? -limit : x;
  return low > limit ? limit : low;
}

inline Exponent split_exp(double x) {
  const double bounded = clamp_exponent(x, 110);
  const double shifted = bounded * kLog2E + kRoundShift;
  const double n = shifted - kRoundShift;
  return {power_of_two(shifted), expm1_series(bounded - n * kLn2)};
}

/// In double, for |x| <= 110; beyond that as at 110.
inline double exp_core(double x) {
  const Exponent e = split_exp(x);
  return e.scale + e.scale * e.tail;
}

inline double expm1_core(double x) {
  const Exponent e = split_exp(x);
  return e.scale * e.tail + (e.scale - 1);
}

inline float exp(float x) {
  const auto y = static_cast<float>(exp_core(static_cast<double>(x)));
  return x != x ? kNaN : y;
}

inline float expm1(float x) {
  const auto y = static_cast<float>(expm1_core(static_cast<double>(x)));
  const float signed_zero = x == 0 ? x : y;
  return x != x ? kNaN : signed_zero;
}

/// 1 / (1 + e^-x).
inline float sigmoid(float x) {
  const auto y = static_cast<float>(1 / (1 + exp_core(-static_cast<double>(x))));
  return x != x ? kNaN : y;
}

inline float tanh(float x) {
  const double t = expm1_core(2 * static_cast<double>(x));
  const auto y = static_cast<float>(t / (t + 2));
  const float signed_zero = x == 0 ? x : y;
  return x != x ? kNaN : signed_zero;
}

}  // namespace rec::numerics
