// Sets of 64-bit keys as native code looks them up.
#pragma once

#include <cstdint>

namespace rec::native {

/// Open addressing: the key of number n is keys[n]; a slot has a number, or −1.
struct KeyTable {
  const uint64_t* keys = nullptr;
  const uint32_t* slots = nullptr;
  uint64_t mask = 0;
};

/// numbers[i]: of keys[i], −1 where it is not there.
void find_keys(const KeyTable* table, const int64_t* keys, int32_t* numbers, uint32_t count);

}  // namespace rec::native
