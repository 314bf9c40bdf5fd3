// Logarithms, the project's one definition: see exp.h for what it promises.
#pragma once

#include <cstdint>

#include "operators/numerics/exp.h"

namespace rec::numerics {

using form::bits_of;
using form::exponent;
using form::from_bits;
using form::shift_right;
using form::significand;
using form::wrapping_add;
using form::wrapping_subtract;

/// log2(1 + f) / f for f in [-1/4, 1/2]: the polynomial of degree 11 with the least relative error, 2^-33.1. Its even
/// and odd coefficients are summed side by side, half as long a chain.
template <typename Double>
inline Double log2_slope(Double f) {
  const Double square = f * f;
  const Double even = polynomial(square, 1.4426950409945587, 0.48089828222562303, 0.28854602340951796,
                                 0.20582039785682374, 0.16465707460743997, 0.1155034923408867);
  const Double odd = polynomial(square, -0.7213475168563751, -0.3606743593225004, -0.24042821886418006,
                                -0.18031461561789927, -0.15287037632610848, -0.044954451598570186);
  return fused(odd, f, even);
}

/// log2 |x| in double, of a float: -infinity at zero, infinity at infinity, NaN of NaN.
template <typename Float>
inline auto log2_core(Float x) {
  const auto f = widen(significand(x) - 1.0F);
  return fused(f, log2_slope(f), widen(exponent(x)));
}

template <typename Float>
inline Float log(Float x) {
  return select(x >= 0, narrow(log2_core(x) * kLn2), Float(kNaN));
}

/// x = 2^k · m with m from `low`, whose bits are given, to twice that. x: positive, finite and a normal double.
template <typename Double>
struct Split {
  Double k, m;
};
template <typename Double>
inline Split<Double> split(Double x, int64_t low) {
  constexpr int64_t kOne = 0x3ff0000000000000;
  const auto bits = bits_of(x);
  const auto biased = shift_right(wrapping_add(bits, kOne - low), 52);  // k + 1023
  // An integer below 2^52 put into the low bits of 2^52 is that double; integers of 64 bits have no vector conversion
  // of their own.
  const Double k = from_bits(biased | int64_t{0x4330000000000000}) - (4503599627370496.0 + 1023.0);
  return {k, from_bits(wrapping_add(wrapping_subtract(bits, biased << 52), kOne))};
}

template <typename Float>
inline Float log1p(Float x) {
  constexpr int64_t kThreeQuarters = 0x3fe8000000000000;
  const auto wide = widen(x);
  const auto parts = split(1.0 + wide, kThreeQuarters);
  const auto f = select(parts.k == 0, wide, parts.m - 1.0);  // exact where 1 + x has lost the low bits of x
  const auto y = narrow(fused(f, log2_slope(f), parts.k) * kLn2);
  const Float at_ends = select((x == kInfinity) | (x == 0), x, y);
  return select(x >= -1, select(x == -1, Float(-kInfinity), at_ends), Float(kNaN));
}

}  // namespace rec::numerics
