// Where there are some dozens to some thousands of keys no branch depends on them: they are as good as random, and to
// mispredict costs more than to count.
#include "operators/numerics/first_keys.h"

#include "operators/numerics/sort_keys.h"

namespace rec::numerics {
namespace {

constexpr size_t kMany = 1 << 14;  // counting them again and again does not pay

size_t count_up_to(std::span<const uint64_t> keys, uint64_t bound) {
  size_t count = 0;
  for (const uint64_t key : keys) count += key <= bound ? 1 : 0;
  return count;
}

/// A key that `count` or a few more are up to. As if keys lay evenly between the least and the most, and in every third
/// step by halves, for they need not.
uint64_t bound_of(std::span<const uint64_t> keys, size_t count) {
  uint64_t low = UINT64_MAX, high = 0;
  for (const uint64_t key : keys) {
    low = std::min(low, key);
    high = std::max(high, key);
  }
  const size_t most = count + count / 8 + 8;
  size_t below = 0, up_to_high = keys.size();
  for (size_t round = 0; low < high && up_to_high > most; ++round) {
    const double wanted = static_cast<double>(count - below) + static_cast<double>(count) / 16;
    const double share = round % 3 == 2 ? 0.5 : wanted / static_cast<double>(up_to_high - below);
    const double beyond = static_cast<double>(high - low) * std::min(share, 1.0);
    const uint64_t middle =
        low + (beyond < 0x1p63 ? std::min(static_cast<uint64_t>(beyond), high - low - 1) : (high - low) / 2);
    const size_t found = count_up_to(keys, middle);
    (found < count ? low : high) = found < count ? middle + 1 : middle;
    (found < count ? below : up_to_high) = found;
  }
  return high;
}

size_t move_to_front(std::span<uint64_t> keys, uint64_t bound) {
  size_t front = 0;
  for (uint64_t& key : keys) {
    const uint64_t here = key;
    key = keys[front];
    keys[front] = here;
    front += here <= bound ? 1 : 0;
  }
  return front;
}

}  // namespace

size_t cut(std::span<uint64_t> keys, size_t count) {
  if (count == keys.size()) return count;
  if (keys.size() <= kMany) return move_to_front(keys, bound_of(keys, count));
  std::nth_element(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count) - 1, keys.end());
  return count;
}

void first_keys(std::span<uint64_t> keys, size_t count) {
  if (count > 0) sort_keys(keys.first(cut(keys, count)));
}

}  // namespace rec::numerics
