// x^y, the project's one definition: see exp.h for what it promises.
#pragma once

#include <cmath>

#include "operators/numerics/exp.h"
#include "operators/numerics/log.h"

namespace rec::numerics {

/// |x|^y as 2^(y · log2 |x|), without regard to signs and special values.
inline float pow_magnitude(float magnitude, float y) {
  const auto wide = static_cast<double>(magnitude);
  const Logarithm l = split_log(wide);
  const double finite = l.k + log_series((l.m - 1) / (l.m + 1)) * kLog2E;
  const double infinity = std::numeric_limits<double>::infinity();
  const double below = wide == 0 ? -infinity : finite;
  const double log2 = wide == infinity ? infinity : below;
  const double bounded = clamp_exponent(static_cast<double>(y) * log2, 200);
  const double shifted = bounded + kRoundShift;
  const double r = (bounded - (shifted - kRoundShift)) * kLn2;
  const double scale = power_of_two(shifted);
  return static_cast<float>(scale + scale * expm1_series(r));
}

/// C's pow, special values included (within 1 ulp), but that an exponent of exactly 2 is x·x and one of exactly 0.5 is
/// sqrt(x).
inline float pow(float x, float y) {
  const float magnitude = std::fabs(x);
  const bool whole = std::floor(y) == y;  // infinities are whole and even, as in C
  const float half = y * 0.5F;
  const bool odd = whole & (std::floor(half) != half);
  const bool not_a_number = (x != x) | (y != y) | ((x < 0) & (magnitude != kInfinity) & !whole);
  const bool one = (x == 1) | ((x == -1) & (std::fabs(y) == kInfinity)) | (y == 0);
  float result = pow_magnitude(magnitude, y);
  result = odd ? std::copysign(result, x) : result;
  result = not_a_number ? kNaN : result;
  result = one ? 1.0F : result;
  result = y == 2 ? x * x : result;
  return y == 0.5F ? std::sqrt(x) : result;
}

}  // namespace rec::numerics
