// Sets of candidates from bytes.
#include "operators/rules/candidate_set.h"

#include <algorithm>
#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace rec::operators {
namespace {

CandidateSet room_for(size_t candidates, column::Arena& arena) {
  return arena.allocate<uint64_t>((candidates + 63) / 64);
}

/// A bit a byte of 64: whether it is not 0.
uint64_t bits_of(const uint8_t* bytes) {
#ifdef __AVX2__
  const auto zeros = [&](size_t from) {
    const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + from));
    return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(half, _mm256_setzero_si256())));
  };
  return ~(uint64_t{zeros(32)} << 32 | zeros(0));
#else
  uint64_t bits = 0;
  for (size_t i = 0; i < 64; ++i) bits |= uint64_t{bytes[i] != 0} << i;
  return bits;
#endif
}

}  // namespace

CandidateSet all_candidates(size_t candidates, column::Arena& arena) {
  const CandidateSet set = room_for(candidates, arena);
  std::ranges::fill(set, ~uint64_t{0});
  if (candidates % 64 != 0) set.back() = (uint64_t{1} << (candidates % 64)) - 1;
  return set;
}

CandidateSet no_candidates(size_t candidates, column::Arena& arena) {
  const CandidateSet set = room_for(candidates, arena);
  std::ranges::fill(set, uint64_t{0});
  return set;
}

CandidateSet candidates_where(std::span<const uint8_t> bytes, size_t candidates, column::Arena& arena) {
  if (bytes.empty()) return all_candidates(candidates, arena);
  const CandidateSet set = no_candidates(candidates, arena);
  const size_t whole = candidates / 64;
  for (size_t word = 0; word < whole; ++word) set[word] = bits_of(bytes.data() + word * 64);
  for (size_t i = whole * 64; i < candidates; ++i) set[whole] |= uint64_t{bytes[i] != 0} << (i % 64);
  return set;
}

}  // namespace rec::operators
