// Sets of candidates as bits, 64 a word: what rules take out of a page's next position.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/column/column.h"

namespace rec::operators {

/// Candidate i is bit i % 64 of word i / 64; bits past the last candidate are 0 but where a function says otherwise.
using CandidateSet = std::span<uint64_t>;
using ConstCandidateSet = std::span<const uint64_t>;

/// All of `candidates`, and none of them.
CandidateSet all_candidates(size_t candidates, column::Arena& arena);
CandidateSet no_candidates(size_t candidates, column::Arena& arena);
/// Those whose byte is not 0; of no bytes, all.
CandidateSet candidates_where(std::span<const uint8_t> bytes, size_t candidates, column::Arena& arena);

inline bool contains(ConstCandidateSet set, uint32_t candidate) {
  return (set[candidate / 64] >> (candidate % 64) & 1) != 0;
}
inline void insert(CandidateSet set, uint32_t candidate) {
  set[candidate / 64] |= uint64_t{1} << (candidate % 64);
}
inline void erase(CandidateSet set, uint32_t candidate) {
  set[candidate / 64] &= ~(uint64_t{1} << (candidate % 64));
}

/// The first of a set that is not empty.
inline uint32_t first_of(ConstCandidateSet set) {
  size_t word = 0;
  while (set[word] == 0) ++word;
  return static_cast<uint32_t>(word * 64) + static_cast<uint32_t>(std::countr_zero(set[word]));
}

/// Whether somebody of `set` is not in `excluded`, which may have bits past the last candidate.
inline bool is_left(ConstCandidateSet set, ConstCandidateSet excluded) {
  for (size_t word = 0; word < set.size(); ++word) {
    if ((set[word] & ~excluded[word]) != 0) return true;
  }
  return false;
}
inline void exclude(CandidateSet set, ConstCandidateSet excluded) {
  for (size_t word = 0; word < set.size(); ++word) set[word] &= ~excluded[word];
}

}  // namespace rec::operators
