// Polynomials by Horner's rule, each step rounded once.
#pragma once

#include "operators/form/plain.h"

namespace rec::numerics {

using form::fused;

/// first + second·x + third·x² + ...
template <typename Double>
inline Double polynomial(Double, double last) {
  return last;
}
template <typename Double, typename... More>
inline Double polynomial(Double x, double first, double second, More... more) {
  return fused(polynomial(x, second, more...), x, Double(first));
}

}  // namespace rec::numerics
