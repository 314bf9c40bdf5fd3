// Integer arithmetic of the language: ints wrap around, durations and times saturate. No undefined behaviour.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "operators/form/plain.h"

namespace rec::operators {

inline constexpr int64_t kIntMin = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kIntMax = std::numeric_limits<int64_t>::max();

using form::select;
using form::wrapping_add;
using form::wrapping_multiply;
using form::wrapping_subtract;

auto wrapping_negate(auto a) {
  return wrapping_subtract(int64_t{0}, a);
}

/// Division towards minus infinity, so that divide·b + modulo is a; INT_MIN / -1 wraps to itself; 0 for a zero divisor.
inline int64_t divide_int(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return wrapping_negate(a);
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
/// The remainder with the sign of b; 0 for a zero divisor.
inline int64_t modulo_int(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  const int64_t remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

// The sum has overflowed where its sign is that of neither operand, the difference where the operands' signs differ and
// its own is not the first one's; then the exact result has the sign of the first operand.
auto saturating_add(auto a, auto b) {
  const auto sum = wrapping_add(a, b);
  return select(((a ^ sum) & (b ^ sum)) < 0, (a >> 63) ^ kIntMax, sum);
}
auto saturating_subtract(auto a, auto b) {
  const auto difference = wrapping_subtract(a, b);
  return select(((a ^ b) & (a ^ difference)) < 0, (a >> 63) ^ kIntMax, difference);
}
auto saturating_negate(auto a) {
  return select(a == kIntMin, kIntMax, wrapping_negate(a));
}
inline int64_t saturating_multiply(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? ((a < 0) == (b < 0) ? kIntMax : kIntMin) : product;
}

__extension__ using Int128 = __int128;

/// a · factor, exact, then rounded half to even and saturated; 0 for NaN.
inline int64_t scale_duration(int64_t a, float factor) {
  if (a == 0 || factor != factor || factor == 0) return 0;
  const bool negative = (a < 0) != (factor < 0);
  const int64_t limit = negative ? kIntMin : kIntMax;
  if (std::isinf(factor)) return limit;
  int exponent = 0;
  const float fraction = std::frexp(std::fabs(factor), &exponent);       // [0.5, 1)
  const auto mantissa = static_cast<int64_t>(std::ldexp(fraction, 24));  // factor = mantissa · 2^(exponent - 24)
  const Int128 magnitude = a < 0 ? -static_cast<Int128>(a) : static_cast<Int128>(a);
  const Int128 product = magnitude * mantissa;  // below 2^88
  const int shift = 24 - exponent;
  if (shift <= -40) return limit;  // at least 2^23 · 2^40
  if (shift >= 90) return 0;       // below one half
  Int128 rounded = 0;
  if (shift <= 0) {
    if (product > (static_cast<Int128>(kIntMax) >> -shift)) return limit;
    rounded = product << -shift;
  } else {
    const Int128 below = product & ((static_cast<Int128>(1) << shift) - 1);
    const Int128 half = static_cast<Int128>(1) << (shift - 1);
    rounded = product >> shift;
    if (below > half || (below == half && (rounded & 1) != 0)) ++rounded;
    if (rounded > kIntMax) return limit;
  }
  const auto result = static_cast<int64_t>(rounded);
  return negative ? -result : result;
}

}  // namespace rec::operators
