// Four doubles or eight floats at a time, for loops that compilers do not vectorise by themselves.
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
using Floats = float __attribute__((vector_size(32)));
inline constexpr size_t kDoubles = 4, kFloats = 8;

template <typename T>
struct LanesOf;
template <>
struct LanesOf<double> {
  using Type = Doubles;
};
template <>
struct LanesOf<float> {
  using Type = Floats;
};
template <typename T>
using Lanes = typename LanesOf<T>::Type;

template <typename T>
Lanes<T> load(const T* from) {
  Lanes<T> out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
template <typename T>
void store(Lanes<T> values, T* to) {
  std::memcpy(to, &values, sizeof values);
}
template <typename T>
Lanes<T> all(T value) {
  return value - Lanes<T>{};  // −0 stays −0
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
inline Floats fused(Floats a, Floats b, Floats c) {
#ifdef __FMA__
  return _mm256_fmadd_ps(a, b, c);
#else
  for (size_t lane = 0; lane < kFloats; ++lane) c[lane] = std::fma(a[lane], b[lane], c[lane]);
  return c;
#endif
}

/// Turns eight rows of eight into their columns.
inline void transpose(Floats (&rows)[kFloats]) {
  Floats pairs[kFloats], fours[kFloats];
  for (size_t k = 0; k < 4; ++k) {
    pairs[2 * k] = __builtin_shufflevector(rows[2 * k], rows[2 * k + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[2 * k + 1] = __builtin_shufflevector(rows[2 * k], rows[2 * k + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (size_t k = 0; k < 4; ++k) {
    const size_t from = k / 2 * 4 + k % 2;
    fours[2 * k] = __builtin_shufflevector(pairs[from], pairs[from + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    fours[2 * k + 1] = __builtin_shufflevector(pairs[from], pairs[from + 2], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (size_t k = 0; k < 4; ++k) {
    rows[k] = __builtin_shufflevector(fours[k], fours[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    rows[k + 4] = __builtin_shufflevector(fours[k], fours[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
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

/// Whether one of eight floats is not below `bound`; NaN is not.
inline bool any_not_below(const float* eight, float bound) {
#ifdef __FMA__
  return _mm256_movemask_ps(_mm256_cmp_ps(load(eight), all(bound), _CMP_NLT_UQ)) != 0;
#else
  for (size_t lane = 0; lane < kFloats; ++lane) {
    if (!(eight[lane] < bound)) return true;
  }
  return false;
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
