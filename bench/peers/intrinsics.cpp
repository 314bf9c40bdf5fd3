// The filter with the best three hundred by hand, in AVX-512: a running threshold, what is above it compacted in
// registers, the buffer cut by bisection when it is full.
#include "bench/peers/intrinsics.h"

#ifdef __AVX512VL__
#include <immintrin.h>

#include <algorithm>
#include <utility>
#endif

namespace rec::bench::intrinsics {

#ifdef __AVX512VL__
namespace {

/// Signed integers in the order of the floats that they are the bits of.
__m512i order_of(__m512 values) {
  const __m512i bits = _mm512_castps_si512(values);
  return _mm512_xor_si512(bits, _mm512_srli_epi32(_mm512_srai_epi32(bits, 31), 1));
}

/// The best so far, in row order.
class Best {
 public:
  /// What is no better than this cannot come in: rows ascend, so that an equal value stands behind.
  __m512 threshold() const { return threshold_; }

  /// A full store of a register that was compacted: a compressing store to memory takes twelve times as long on Zen 4.
  void add(__mmask16 which, __m512 values, uint32_t first_row) {
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i rows = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(first_row)), lanes);
    _mm512_storeu_si512(keys_ + count_, _mm512_maskz_compress_epi32(which, order_of(values)));
    _mm512_storeu_si512(rows_ + count_, _mm512_maskz_compress_epi32(which, rows));
    count_ += static_cast<size_t>(__builtin_popcount(which));
    if (count_ > kRoom) cut(kTop + kSlack);
  }

  size_t take(uint32_t* best) {
    if (count_ > kTop) cut(kTop);
    sort();
    const size_t top = std::min(count_, kTop);
    std::copy_n(rows_, top, best);
    return top;
  }

 private:
  static constexpr size_t kSlack = 32, kRoom = 640;

  size_t count_at_least(int key) const {
    const __m512i bound = _mm512_set1_epi32(key - 1), one = _mm512_set1_epi32(1);
    __m512i counts = _mm512_setzero_si512();
    for (size_t i = 0; i < count_; i += 16) {
      const __m512i keys = _mm512_loadu_si512(keys_ + i);
      counts = _mm512_mask_add_epi32(counts, _mm512_cmpgt_epi32_mask(keys, bound), counts, one);
    }
    return static_cast<size_t>(_mm512_reduce_add_epi32(counts));
  }

  /// Keeps those that are at least the largest key which kTop, and if possible no more than `most`, are at least.
  void cut(size_t most) {
    for (size_t i = count_; i % 16 != 0; ++i) keys_[i] = INT32_MIN;
    int64_t low = *std::min_element(keys_, keys_ + count_),
            high = int64_t{*std::max_element(keys_, keys_ + count_)} + 1;
    if (low == INT32_MIN) ++low;
    while (high - low > 1) {
      const int64_t middle = low + (high - low) / 2;
      const size_t above = count_at_least(static_cast<int>(middle));
      (above >= kTop ? low : high) = middle;
      if (above >= kTop && above <= most) break;
    }
    const int bound = static_cast<int>(low);
    size_t kept = 0;
    for (size_t i = 0; i < count_; i += 16) {
      const __m512i keys = _mm512_loadu_si512(keys_ + i), rows = _mm512_loadu_si512(rows_ + i);
      const __mmask16 which = _mm512_cmpgt_epi32_mask(keys, _mm512_set1_epi32(bound - 1));
      _mm512_storeu_si512(keys_ + kept, _mm512_maskz_compress_epi32(which, keys));
      _mm512_storeu_si512(rows_ + kept, _mm512_maskz_compress_epi32(which, rows));
      kept += static_cast<size_t>(__builtin_popcount(which));
    }
    count_ = kept;
    const __m512i key = _mm512_set1_epi32(bound);
    threshold_ = _mm512_castsi512_ps(_mm512_xor_si512(key, _mm512_srli_epi32(_mm512_srai_epi32(key, 31), 1)));
  }

  void sort() {
    if (count_ > 64) return sort_by_digits();
    for (size_t i = 1; i < count_; ++i) {
      const int key = keys_[i];
      const uint32_t row = rows_[i];
      size_t at = i;
      for (; at > 0 && keys_[at - 1] < key; --at) {
        keys_[at] = keys_[at - 1];
        rows_[at] = rows_[at - 1];
      }
      keys_[at] = key;
      rows_[at] = row;
    }
  }

  /// Eight bits at a time, least first: stable, so that equal keys stay in row order.
  void sort_by_digits() {
    uint32_t places[4][256] = {};
    for (size_t i = 0; i < count_; ++i) {
      keys_[i] = static_cast<int>(~static_cast<uint32_t>(keys_[i]) ^ 0x80000000U);  // the largest first
      for (int digit = 0; digit < 4; ++digit) ++places[digit][static_cast<uint32_t>(keys_[i]) >> (8 * digit) & 255];
    }
    for (int digit = 0; digit < 4; ++digit) {
      uint32_t* place = places[digit];
      if (place[static_cast<uint32_t>(keys_[0]) >> (8 * digit) & 255] == count_) continue;
      uint32_t before = 0;
      for (int value = 0; value < 256; ++value) before += std::exchange(place[value], before);
      for (size_t i = 0; i < count_; ++i) {
        const uint32_t to = place[static_cast<uint32_t>(keys_[i]) >> (8 * digit) & 255]++;
        other_keys_[to] = keys_[i];
        other_rows_[to] = rows_[i];
      }
      std::copy_n(other_keys_, count_, keys_);
      std::copy_n(other_rows_, count_, rows_);
    }
  }

  __m512 threshold_ = _mm512_set1_ps(-__builtin_inff());
  size_t count_ = 0;
  alignas(64) int keys_[kRoom + 32];
  alignas(64) uint32_t rows_[kRoom + 32];
  alignas(64) int other_keys_[kRoom + 32];
  alignas(64) uint32_t other_rows_[kRoom + 32];
};

class Conditions {
 public:
  Conditions(const Columns& in, const Question& asked, const CodeSet& categories)
      : in_(in),
        after_(_mm512_set1_epi64(asked.now - asked.age)),
        price_(_mm512_set1_epi32(asked.price)),
        categories_(_mm512_load_si512(categories.bits)) {}

  /// Of sixteen candidates from `i`, those of `lanes`.
  __mmask16 pass(size_t i, __mmask16 lanes) const {
    const __m512i early = _mm512_maskz_loadu_epi64(static_cast<__mmask8>(lanes), in_.created + i);
    const __m512i late = _mm512_maskz_loadu_epi64(static_cast<__mmask8>(lanes >> 8), in_.created + i + 8);
    const __mmask16 young =
        static_cast<__mmask16>(_mm512_cmpgt_epi64_mask(early, after_) | _mm512_cmpgt_epi64_mask(late, after_) << 8);
    const __m512i price = _mm512_maskz_loadu_epi32(lanes, in_.price + i);
    const __m512i code = _mm512_maskz_loadu_epi32(lanes, in_.category + i);
    const __m512i word = _mm512_permutexvar_epi32(_mm512_srli_epi32(code, 5), categories_);
    const __m512i bit = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(code, _mm512_set1_epi32(31)));
    return static_cast<__mmask16>(lanes & young & _mm512_cmplt_epi32_mask(price, price_) &
                                  _mm512_test_epi32_mask(word, bit));
  }

 private:
  const Columns& in_;
  __m512i after_, price_, categories_;
};

__m512 fused(const Columns& in, size_t i, __mmask16 lanes) {
  const __m512 p = _mm512_maskz_loadu_ps(lanes, in.p + i), l = _mm512_maskz_loadu_ps(lanes, in.l + i);
  const __m512 c = _mm512_maskz_loadu_ps(lanes, in.c + i), s = _mm512_maskz_loadu_ps(lanes, in.s + i);
  __m512 sum = _mm512_add_ps(_mm512_set1_ps(1), _mm512_mul_ps(_mm512_set1_ps(2), l));
  sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_set1_ps(3), c));
  return _mm512_mul_ps(p, _mm512_add_ps(sum, _mm512_mul_ps(_mm512_set1_ps(1.5F), s)));
}

constexpr __mmask16 kAll = 0xffff;

__mmask16 rest_of(size_t n) {
  return static_cast<__mmask16>((1U << (n % 16)) - 1);
}

}  // namespace

bool usable() {
  return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

size_t filter(const Columns& in, const Question& asked, const CodeSet& categories, size_t n, uint32_t* best) {
  const Conditions conditions(in, asked, categories);
  Best found;
  const auto sixteen = [&](size_t i, __mmask16 lanes) {
    const __mmask16 pass = conditions.pass(i, lanes);
    const __m512 value = fused(in, i, lanes);
    const __mmask16 better = _mm512_mask_cmp_ps_mask(pass, value, found.threshold(), _CMP_GT_OQ);
    if (better != 0) found.add(better, value, static_cast<uint32_t>(i));
  };
  size_t i = 0;
  for (; i + 16 <= n; i += 16) sixteen(i, kAll);
  if (i < n) sixteen(i, rest_of(n));
  return found.take(best);
}

size_t filter_by_value(const Columns& in, const Question& asked, const CodeSet& categories, size_t n, uint32_t* best) {
  const Conditions conditions(in, asked, categories);
  Best found;
  const auto sixteen = [&](size_t i, __mmask16 lanes, __m512 value) {
    const __mmask16 above = _mm512_mask_cmp_ps_mask(lanes, value, found.threshold(), _CMP_GT_OQ);
    if (above == 0) return;
    const __mmask16 better = conditions.pass(i, above);
    if (better != 0) found.add(better, value, static_cast<uint32_t>(i));
  };
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    const __m512 low = fused(in, i, kAll), high = fused(in, i + 16, kAll);
    const __mmask16 above = static_cast<__mmask16>(_mm512_cmp_ps_mask(low, found.threshold(), _CMP_GT_OQ) |
                                                   _mm512_cmp_ps_mask(high, found.threshold(), _CMP_GT_OQ));
    if (above == 0) continue;
    sixteen(i, kAll, low);
    sixteen(i + 16, kAll, high);
  }
  for (; i < n; i += 16) {
    const __mmask16 lanes = i + 16 <= n ? kAll : rest_of(n);
    sixteen(i, lanes, fused(in, i, lanes));
  }
  return found.take(best);
}

#else

bool usable() {
  return false;
}
size_t filter(const Columns&, const Question&, const CodeSet&, size_t, uint32_t*) {
  return 0;
}
size_t filter_by_value(const Columns&, const Question&, const CodeSet&, size_t, uint32_t*) {
  return 0;
}

#endif

}  // namespace rec::bench::intrinsics
