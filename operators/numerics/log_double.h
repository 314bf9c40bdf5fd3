// The natural logarithm of doubles, for samplers and rerankers, which order by it: error near 2^-44.
#pragma once

#include "operators/numerics/log.h"

namespace rec::numerics {

/// log((1 + f) / (1 - f)) for |f| <= 0.172: 2·(f + f^3/3 + ... + f^15/15).
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

/// x: positive, finite and a normal double.
inline double log_core(double x) {
  constexpr int64_t kRootHalf = 0x3fe6a09e667f3bcd;  // bits of sqrt(1/2)
  const Split l = split(x, kRootHalf);
  return l.k * kLn2 + log_series((l.m - 1) / (l.m + 1));
}

}  // namespace rec::numerics
