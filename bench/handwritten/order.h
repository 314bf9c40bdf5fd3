// Taking the best of many: keys of 64 bits whose low half is a place, smaller is better.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/handwritten/dense.h"

namespace rec::handwritten {

/// By falling score, ties the lower place.
inline uint64_t best_first(float score, uint32_t place) {
  return uint64_t{falling(score)} << 32 | place;
}

/// The `count` smallest keys, in order.
inline void keep_first(std::vector<uint64_t>& keys, size_t count) {
  if (keys.size() > count) {
    std::nth_element(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count), keys.end());
    keys.resize(count);
  }
  std::sort(keys.begin(), keys.end());
}

/// Walks rows in order of a sorted column, largest value first, equal ones by rising row: visit(row) until it returns
/// false.
template <typename ValueAt, typename Visit>
void walk_down(std::span<const uint32_t> rising, ValueAt value_at, Visit visit) {
  for (size_t end = rising.size(); end > 0;) {
    size_t begin = end - 1;
    while (begin > 0 && value_at(rising[begin - 1]) == value_at(rising[begin])) --begin;
    for (size_t i = begin; i < end; ++i) {
      if (!visit(rising[i])) return;
    }
    end = begin;
  }
}

}  // namespace rec::handwritten
