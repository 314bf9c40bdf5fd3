// x^y, the project's one definition: see exp.h for what it promises.
#pragma once

#include <cstdint>

#include "operators/numerics/exp.h"
#include "operators/numerics/log.h"

namespace rec::numerics {

using form::floor;
using form::magnitude;
using form::square_root;

/// `size` with the sign of `of`.
template <typename Float>
inline Float with_sign(Float size, Float of) {
  return from_bits(bits_of(size) | (bits_of(of) & INT32_MIN));
}

/// C's pow, special values included, but that an exponent of exactly 2 is x·x and one of exactly 0.5 is sqrt(x). What
/// depends on y alone stands by itself, so that a known exponent folds it away.
template <typename Float>
inline Float pow(Float x, Float y) {
  const Float size = narrow(exp2_core(bounded(widen(y) * log2_core(x), 200.0)));
  const auto whole = floor(y) == y;  // infinities are whole and even, as in C
  const Float half = y * 0.5F;
  const auto odd = whole & (floor(half) != half);
  const auto infinite = magnitude(y) == kInfinity;
  const auto number = (y == y) & ((x >= 0) | (x == -kInfinity) | (whole & (x == x)));
  const auto one = (y == 0) | ((x == 1) & (infinite | (y != y))) | ((x == -1) & infinite);
  const Float general = select(number, select(odd, with_sign(size, x), size), Float(kNaN));
  return select(y == 0.5F, square_root(x), select(y == 2, x * x, select(one, Float(1.0F), general)));
}

}  // namespace rec::numerics
