// x^y, the project's one definition: see exp.h for what it promises.
#pragma once

#include <cstdint>

#include "operators/numerics/exp.h"
#include "operators/numerics/log.h"

namespace rec::numerics {

using form::floor;
using form::magnitude;
using form::square_root;

/// |x|^y as 2^(y · log2 |x|), without regard to signs and special values. x: not negative.
template <typename Float>
inline Float pow_magnitude(Float x, Float y) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const auto wide = widen(x);
  const Logarithm l = split_log(wide);
  const auto finite = l.k + log_series((l.m - 1.0) / (l.m + 1.0)) * kLog2E;
  const auto log2 = select(wide == kInfinite, kInfinite, select(wide == 0, -kInfinite, finite));
  const auto bounded = clamp_exponent(widen(y) * log2, 200);
  const auto shifted = bounded + kRoundShift;
  const auto scale = power_of_two(shifted);
  return narrow(scale + scale * expm1_series((bounded - (shifted - kRoundShift)) * kLn2));
}

/// `size` with the sign of `of`.
template <typename Float>
inline Float with_sign(Float size, Float of) {
  return from_bits(bits_of(size) | (bits_of(of) & INT32_MIN));
}

/// C's pow, special values included (within 1 ulp), but that an exponent of exactly 2 is x·x and one of exactly 0.5 is
/// sqrt(x).
template <typename Float>
inline Float pow(Float x, Float y) {
  const Float size = magnitude(x);
  const auto whole = floor(y) == y;  // infinities are whole and even, as in C
  const Float half = y * 0.5F;
  const auto odd = whole & (floor(half) != half);
  const auto not_a_number = (x != x) | (y != y) | ((x < 0) & (size != kInfinity) & !whole);
  const auto one = (x == 1) | ((x == -1) & (magnitude(y) == kInfinity)) | (y == 0);
  const Float unsigned_result = pow_magnitude(size, y);
  const Float general = select(not_a_number, kNaN, select(odd, with_sign(unsigned_result, x), unsigned_result));
  return select(y == 0.5F, square_root(x), select(y == 2, x * x, select(one, 1.0F, general)));
}

}  // namespace rec::numerics
