// Look-ups of many keys.
#include "runtime/native/find.h"

namespace rec::native {

void find_keys(const KeyTable* table, const int64_t* keys, int32_t* numbers, uint32_t count) {
  constexpr uint32_t kNone = UINT32_MAX;
  for (uint32_t i = 0; i < count; ++i) {
    const auto key = static_cast<uint64_t>(keys[i]);
    if (key < table->below) {
      numbers[i] = static_cast<int32_t>(key < table->smalls ? table->small[key] : kNone);
      continue;
    }
    uint64_t at = ((key * 0x9e3779b97f4a7c15ULL) >> 32) & table->mask;
    uint32_t number = table->slots[at];
    while (number != kNone && table->keys[number] != key) {
      at = (at + 1) & table->mask;
      number = table->slots[at];
    }
    numbers[i] = static_cast<int32_t>(number);
  }
}

}  // namespace rec::native
