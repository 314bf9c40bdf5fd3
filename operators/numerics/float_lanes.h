// Products and sums of vectors of floats, eight at a time, with fma: the same bits on every machine.
#pragma once

#include <cmath>
#include <cstddef>

#include "operators/numerics/lanes.h"

namespace rec::numerics {

/// ((v₀+v₄) + (v₁+v₅)) + ((v₂+v₆) + (v₃+v₇)).
inline float sum(Floats v) {
#ifdef __FMA__
  const __m128 halves = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 pairs = _mm_add_ps(halves, _mm_movehdup_ps(halves));
  return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_movehl_ps(pairs, pairs)));
#else
  return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
#endif
}
/// The same of each of four.
inline void sum_four(const Floats v[4], float out[4]) {
#ifdef __FMA__
  __m128 halves[4];
  for (size_t r = 0; r < 4; ++r) halves[r] = _mm_add_ps(_mm256_castps256_ps128(v[r]), _mm256_extractf128_ps(v[r], 1));
  _mm_storeu_ps(out, _mm_hadd_ps(_mm_hadd_ps(halves[0], halves[1]), _mm_hadd_ps(halves[2], halves[3])));
#else
  for (size_t r = 0; r < 4; ++r) out[r] = sum(v[r]);
#endif
}

/// Σ a_k · b_k in float: four sums of eight lanes side by side, the rest one by one. `dot` (vectors.h) adds up in
/// double; a name of its own, for linkers know functions by their arguments alone.
inline float float_dot(const float* a, const float* b, size_t n) {
  Floats sums[4] = {};
  size_t k = 0;
  for (; k + 4 * kFloats <= n; k += 4 * kFloats) {
    for (size_t s = 0; s < 4; ++s) sums[s] = fused(load(a + k + s * kFloats), load(b + k + s * kFloats), sums[s]);
  }
  for (; k + kFloats <= n; k += kFloats) sums[0] = fused(load(a + k), load(b + k), sums[0]);
  float out = sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; k < n; ++k) out = std::fma(a[k], b[k], out);
  return out;
}

/// y += a · x.
inline void add_scaled(float a, const float* x, float* y, size_t n) {
  size_t k = 0;
  for (; k + kFloats <= n; k += kFloats) store(fused(all(a), load(x + k), load(y + k)), y + k);
  for (; k < n; ++k) y[k] = std::fma(a, x[k], y[k]);
}

/// Σ_k rows[r]_k · x_k for four rows: eight lanes each.
inline void dot_four(const float* const rows[4], const float* x, size_t n, float out[4]) {
  Floats sums[4] = {};
  size_t k = 0;
  for (; k + kFloats <= n; k += kFloats) {
    const Floats own = load(x + k);
    for (size_t r = 0; r < 4; ++r) sums[r] = fused(load(rows[r] + k), own, sums[r]);
  }
  sum_four(sums, out);
  for (; k < n; ++k) {
    for (size_t r = 0; r < 4; ++r) out[r] = std::fma(rows[r][k], x[k], out[r]);
  }
}

/// y += Σ_r factors[r] · rows[r].
inline void add_scaled_four(const float factors[4], const float* const rows[4], float* y, size_t n) {
  const Floats f[4] = {all(factors[0]), all(factors[1]), all(factors[2]), all(factors[3])};
  size_t k = 0;
  for (; k + kFloats <= n; k += kFloats) {
    Floats value = load(y + k);
    for (size_t r = 0; r < 4; ++r) value = fused(f[r], load(rows[r] + k), value);
    store(value, y + k);
  }
  for (; k < n; ++k) {
    for (size_t r = 0; r < 4; ++r) y[k] = std::fma(factors[r], rows[r][k], y[k]);
  }
}

/// out += M · x for a symmetric n × n matrix.
inline void add_matrix_times(const float* matrix, const float* x, float* out, size_t n) {
  constexpr size_t kTile = 8 * kFloats;
  size_t column = 0;
  for (; column + kTile <= n; column += kTile) {
    Floats sums[8];
    for (size_t s = 0; s < 8; ++s) sums[s] = load(out + column + s * kFloats);
    for (size_t k = 0; k < n; ++k) {
      const Floats factor = all(x[k]);
      const float* row = matrix + k * n + column;
      for (size_t s = 0; s < 8; ++s) sums[s] = fused(factor, load(row + s * kFloats), sums[s]);
    }
    for (size_t s = 0; s < 8; ++s) store(sums[s], out + column + s * kFloats);
  }
  for (size_t k = 0; k < n && column < n; ++k) add_scaled(x[k], matrix + k * n + column, out + column, n - column);
}

}  // namespace rec::numerics
