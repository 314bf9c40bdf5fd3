// A few keys by std::sort; more by vectors, which knows no mispredicted branch.
#include "operators/numerics/first_keys.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>

namespace rec::numerics {
namespace {

constexpr size_t kFew = 64;     // std::sort is as fast
constexpr size_t kMany = 4096;  // selecting before sorting pays

void sort(std::span<uint64_t> keys) {
  if (keys.size() <= kFew) {
    std::ranges::sort(keys);
    return;
  }
  thread_local hwy::Sorter sorter;
  sorter(keys.data(), keys.size(), hwy::SortAscending());
}

}  // namespace

void first_keys(std::span<uint64_t> keys, size_t count) {
  if (count == 0) return;
  if (count < keys.size() && (keys.size() <= kFew || keys.size() > kMany)) {
    std::nth_element(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count) - 1, keys.end());
    keys = keys.first(count);
  }
  sort(keys);
}

}  // namespace rec::numerics
