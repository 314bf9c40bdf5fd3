// Four doubles at a time, for loops that compilers do not vectorise by themselves.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#ifdef __FMA__
#include <immintrin.h>
#endif

namespace rec::numerics {

using Doubles = double __attribute__((vector_size(32)));
inline constexpr size_t kDoubles = 4;

inline Doubles load(const double* from) {
  Doubles out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
inline void store(Doubles values, double* to) {
  std::memcpy(to, &values, sizeof values);
}
inline Doubles all(double value) {
  return Doubles{value, value, value, value};
}

/// a · b + c, rounded once: the same bits on every machine.
inline Doubles fused(Doubles a, Doubles b, Doubles c) {
#ifdef __FMA__
  return _mm256_fmadd_pd(a, b, c);
#else
  for (size_t lane = 0; lane < kDoubles; ++lane) c[lane] = std::fma(a[lane], b[lane], c[lane]);
  return c;
#endif
}

/// Whether one of eight doubles is at least `bound`; NaN is not.
inline bool any_at_least(const double* eight, double bound) {
  const auto high = (load(eight) >= all(bound)) | (load(eight + kDoubles) >= all(bound));
#ifdef __FMA__
  return _mm256_testz_si256(reinterpret_cast<__m256i>(high), reinterpret_cast<__m256i>(high)) == 0;
#else
  return (high[0] | high[1] | high[2] | high[3]) != 0;
#endif
}

/// Calls visit(i) for each i in order whose value is at least `bound`, which `visit` may raise: the others may be
/// visited or not.
template <typename Visit>
void visit_at_least(std::span<const double> values, const double& bound, Visit visit) {
  constexpr size_t kEight = 2 * kDoubles;
  size_t i = 0;
  for (; i + kEight <= values.size(); i += kEight) {
    if (!any_at_least(values.data() + i, bound)) continue;
    for (size_t k = i; k < i + kEight; ++k) visit(static_cast<uint32_t>(k));
  }
  for (; i < values.size(); ++i) visit(static_cast<uint32_t>(i));
}

}  // namespace rec::numerics
