// Logarithms, the project's one definition: see exp.h for what it promises.
#pragma once

#include <cstdint>

#include "operators/numerics/exp.h"

namespace rec::numerics {

using form::shift_right;
using form::wrapping_subtract;

/// log((1 + f) / (1 - f)) for |f| <= 0.172: 2·(f + f^3/3 + ... + f^15/15), error near 2^-44.
template <typename Double>
inline Double log_series(Double f) {
  const Double s = f * f;
  Double p = s * (1.0 / 15) + 1.0 / 13;
  p = p * s + 1.0 / 11;
  p = p * s + 1.0 / 9;
  p = p * s + 1.0 / 7;
  p = p * s + 1.0 / 5;
  p = p * s + 1.0 / 3;
  return 2.0 * f + 2.0 * f * (s * p);
}

/// x = 2^k · m with m in [sqrt(1/2), sqrt(2)). x: positive, finite and a normal double (every positive float is one).
template <typename Double>
struct Logarithm {
  Double k, m;
};
template <typename Double>
inline Logarithm<Double> split_log(Double x) {
  constexpr int64_t kRootHalf = 0x3fe6a09e667f3bcd;  // bits of sqrt(1/2)
  constexpr int64_t kOne = 0x3ff0000000000000;
  const auto bits = bits_of(x);
  const auto biased = shift_right(wrapping_add(bits, kOne - kRootHalf), 52);  // k + 1023
  // An integer below 2^52 put into the low bits of 2^52 is that double; integers of 64 bits have no vector conversion
  // of their own.
  const Double k = from_bits(biased | int64_t{0x4330000000000000}) - (4503599627370496.0 + 1023.0);
  return {k, from_bits(wrapping_add(wrapping_subtract(bits, biased << 52), kOne))};
}

/// In double, for x as in `split_log`.
template <typename Double>
inline Double log_core(Double x) {
  const Logarithm l = split_log(x);
  return l.k * kLn2 + log_series((l.m - 1.0) / (l.m + 1.0));
}

template <typename Float>
inline Float log(Float x) {
  const Float at_infinity = select(x == kInfinity, x, narrow(log_core(widen(x))));
  const Float at_zero = select(x == 0, -kInfinity, at_infinity);
  return select(x >= 0, at_zero, kNaN);
}

template <typename Float>
inline Float log1p(Float x) {
  const auto wide = widen(x);
  const Logarithm l = split_log(1.0 + wide);
  const auto excess = select(l.k == 0, wide, l.m - 1.0);  // exact where 1 + x has lost the low bits of x
  const auto y = narrow(l.k * kLn2 + log_series(excess / (l.m + 1.0)));
  const Float at_ends = select((x == kInfinity) | (x == 0), x, y);
  const Float at_pole = select(x == -1, -kInfinity, at_ends);
  return select(x >= -1, at_pole, kNaN);
}

}  // namespace rec::numerics
