// Products of vectors, the project's one definition, for the language's functions and for rerankers.
//
// Products and sums are in double. Element i is added to partial sum i mod 8, in order; the eight are then added as
// ((0+4)+(2+6)) + ((1+5)+(3+7)). The order is part of the definition: the bits do not depend on the CPU.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace rec::numerics {

inline constexpr size_t kLanes = 8;

inline double add_lanes(const std::array<double, kLanes>& sums) {
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// Σ term(a_i, b_i) over `size` floats.
template <typename Term>
inline double sum_of_terms(const float* a, const float* b, size_t size, Term term) {
  std::array<double, kLanes> sums{};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += term(static_cast<double>(a[i + lane]), static_cast<double>(b[i + lane]));
    }
  }
  for (size_t lane = 0; i + lane < size; ++lane) {
    sums[lane] += term(static_cast<double>(a[i + lane]), static_cast<double>(b[i + lane]));
  }
  return add_lanes(sums);
}

inline double dot(const float* a, const float* b, size_t size) {
  return sum_of_terms(a, b, size, [](double x, double y) { return x * y; });
}

/// Σ (a_i - b_i)².
inline double squared_distance(const float* a, const float* b, size_t size) {
  return sum_of_terms(a, b, size, [](double x, double y) { return (x - y) * (x - y); });
}

/// The cosine from three dot products; 0 where a vector is zero.
inline float cosine_of(double ab, double aa, double bb) {
  return aa == 0 || bb == 0 ? 0.0F : static_cast<float>(ab / (std::sqrt(aa) * std::sqrt(bb)));
}

inline float cosine(const float* a, const float* b, size_t size) {
  return cosine_of(dot(a, b, size), dot(a, a, size), dot(b, b, size));
}

}  // namespace rec::numerics
