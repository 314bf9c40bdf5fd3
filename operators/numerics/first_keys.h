// The best of many, where what decides is one number each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace rec::numerics {

/// Moves the `count` (at most all) least of distinct keys to the front, rising; the others follow in any order.
void first_keys(std::span<uint64_t> keys, size_t count);

/// The same for keys of more than one number.
template <typename Key>
void first_keys(std::span<Key> keys, size_t count) {
  const auto end = keys.begin() + static_cast<std::ptrdiff_t>(count);
  if (end != keys.end()) std::nth_element(keys.begin(), end, keys.end());
  std::sort(keys.begin(), end);
}

/// Moves the `count` (at least one, at most all) least of distinct keys, and perhaps a few more of the least, to the
/// front, in any order. Returns how many stand there.
size_t cut(std::span<uint64_t> keys, size_t count);

template <typename Key>
size_t cut(std::span<Key> keys, size_t count) {
  const auto last = keys.begin() + static_cast<std::ptrdiff_t>(count) - 1;
  std::nth_element(keys.begin(), last, keys.end());
  return count;
}

}  // namespace rec::numerics
