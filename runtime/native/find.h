// Sets of 64-bit keys as native code looks them up.
#pragma once

#include <cstdint>

namespace rec::native {

/// Open addressing: the key of number n is keys[n]; a slot has a number, or −1. Keys below `below` are not there: their
/// numbers lie by key, as far as there are any.
struct KeyTable {
  const uint32_t* small = nullptr;
  uint64_t smalls = 0, below = 0;
  const uint64_t* keys = nullptr;
  const uint32_t* slots = nullptr;
  uint64_t mask = 0;
};

/// numbers[i]: of keys[i], −1 where it is not there.
void find_keys(const KeyTable* table, const int64_t* keys, int32_t* numbers, uint32_t count);

}  // namespace rec::native
