// Logarithms, the project's one definition: see exp.h for what it promises.
#pragma once

#include <bit>
#include <cstdint>

#include "operators/numerics/exp.h"

namespace rec::numerics {

/// log((1 + f) / (1 - f)) for |f| <= 0.172: 2·(f + f^3/3 + ... + f^15/15), error near 2^-44.
inline double log_series(double f) {
  const double s = f * f;
  double p = 1.0 / 15;
  p = p * s + 1.0 / 13;
  p = p * s + 1.0 / 11;
  p = p * s + 1.0 / 9;
  p = p * s + 1.0 / 7;
  p = p * s + 1.0 / 5;
  p = p * s + 1.0 / 3;
  return 2 * f + 2 * f * (s * p);
}

/// x = 2^k · m with m in [sqrt(1/2), sqrt(2)). x: positive, finite and a normal double (every positive float is one).
struct Logarithm {
  double k, m;
};
inline Logarithm split_log(double x) {
  constexpr uint64_t kRootHalf = 0x3fe6a09e667f3bcdULL;  // bits of sqrt(1/2)
  constexpr uint64_t kOne = 0x3ff0000000000000ULL;
  const uint64_t bits = std::bit_cast<uint64_t>(x);
  const uint64_t biased = (bits + (kOne - kRootHalf)) >> 52;  // k + 1023
  // An integer below 2^52 put into the low bits of 2^52 is that double; integers of 64 bits have no vector conversion
  // of their own.
  const double k = std::bit_cast<double>(biased | 0x4330000000000000ULL) - (4503599627370496.0 + 1023.0);
  return {k, std::bit_cast<double>(bits - (biased << 52) + kOne)};
}

/// In double, for x as in `split_log`.
inline double log_core(double x) {
  const Logarithm l = split_log(x);
  return l.k * kLn2 + log_series((l.m - 1) / (l.m + 1));
}

inline float log(float x) {
  const auto y = static_cast<float>(log_core(static_cast<double>(x)));
  const float at_infinity = x == kInfinity ? x : y;
  const float at_zero = x == 0 ? -kInfinity : at_infinity;
  return x >= 0 ? at_zero : kNaN;
}

inline float log1p(float x) {
  const auto wide = static_cast<double>(x);
  const Logarithm l = split_log(1 + wide);
  const double excess = l.k == 0 ? wide : l.m - 1;  // exact where 1 + x has lost the low bits of x
  const auto y = static_cast<float>(l.k * kLn2 + log_series(excess / (l.m + 1)));
  const float at_ends = x == kInfinity || x == 0 ? x : y;
  const float at_pole = x == -1 ? -kInfinity : at_ends;
  return x >= -1 ? at_pole : kNaN;
}

}  // namespace rec::numerics
