// A number as 2^k · m and back, from the bits: on CPUs without instructions of their own for it.
#pragma once

#include <cstdint>
#include <limits>

#include "operators/form/plain.h"

namespace rec::form {

/// |x|'s bits, of a denormal those of 2^24 · |x|.
template <typename Float>
inline auto normal_bits(Float x) {
  const Float size = magnitude(x);
  return bits_of(select(size < 0x1p-126F, size * 0x1p24F, size));
}
/// The whole k of a normal number's bits.
template <typename Int>
inline Int whole_octaves(Int bits) {
  constexpr int32_t kThreeQuarters = 0x3f400000;
  return wrapping_subtract(bits, kThreeQuarters) >> 23;
}

/// Op::exponent.
template <typename Float>
inline Float exponent_by_bits(Float x) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Float size = magnitude(x);
  const Float k = to_float(whole_octaves(normal_bits(x))) - select(size < 0x1p-126F, 24.0F, 0.0F);
  return select(size == 0, -kInfinity, select(size < kInfinity, k, size));
}

/// Op::significand.
template <typename Float>
inline Float significand_by_bits(Float x) {
  const auto bits = normal_bits(x);
  return from_bits(wrapping_subtract(bits, whole_octaves(bits) << 23));
}

/// Op::scale.
template <typename Double>
inline Double scaled_by_bits(Double a, Double b) {
  // 1.5 · 2^52 + 1023: adding it leaves b + 1023, the exponent's field of 2^b, in the low bits.
  return a * from_bits(bits_of(b + (6755399441055744.0 + 1023.0)) << 52);
}

inline float exponent(float x) {
  return exponent_by_bits(x);
}
inline float significand(float x) {
  return significand_by_bits(x);
}
inline double scaled(double a, double b) {
  return scaled_by_bits(a, b);
}

}  // namespace rec::form
