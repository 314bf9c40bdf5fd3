// Highway's vectorised quicksort, compiled here for what is sorted most: its own entry asks the kernel for random
// numbers, and for a few hundred keys that takes longer than to sort them. Pivots come from a fixed seed instead. This
// file is compiled once for each instruction set.
#include "operators/numerics/sort_keys.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <utility>

#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS HWY_AVX3_DL  // no faster here than AVX3
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operators/numerics/sort_keys.cpp"
#include <hwy/foreach_target.h>
// Behind what compiles this file again.
#include <hwy/highway.h>

#include <hwy/contrib/sort/traits-inl.h>
#include <hwy/contrib/sort/vqsort-inl.h>

HWY_BEFORE_NAMESPACE();
namespace rec::numerics::HWY_NAMESPACE {

void sort_few(uint64_t* keys, size_t count) {
  namespace library = hwy::HWY_NAMESPACE;
  const library::SortTag<uint64_t> lanes;
  const library::detail::SharedTraits<library::detail::TraitsLane<library::detail::OrderAscending<uint64_t>>> ascending;
  HWY_ALIGN uint64_t buffer[hwy::SortConstants::BufNum<uint64_t>(HWY_LANES(uint64_t))];
  library::detail::Generator pivots(uint64_t{0x9E3779B97F4A7C15});
  const size_t deepest = 2 * hwy::CeilLog2(count) + 4;  // then by heap
  library::detail::Recurse(lanes, ascending, keys, keys + count, count, buffer, pivots, deepest);
}

}  // namespace rec::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rec::numerics {

namespace {

HWY_EXPORT(sort_few);

constexpr size_t kFew = 128;    // fit into registers
constexpr size_t kSome = 1024;  // above, the library's own entry is as fast

/// Into 64 parts by the upper halves, as if these lay evenly; neighbouring parts are sorted together as long as they
/// fit. However they lie, the result is the same.
void sort_by_parts(std::span<uint64_t> keys) {
  constexpr size_t kParts = 64;
  const size_t count = keys.size();
  uint32_t part[kSome], low = UINT32_MAX, high = 0;
  for (size_t i = 0; i < count; ++i) part[i] = static_cast<uint32_t>(keys[i] >> 32);
  for (size_t i = 0; i < count; ++i) {
    low = std::min(low, part[i]);
    high = std::max(high, part[i]);
  }
  const uint64_t scale = (uint64_t{kParts} << 32) / (uint64_t{high - low} + 1);
  for (size_t i = 0; i < count; ++i) part[i] = static_cast<uint32_t>((part[i] - low) * scale >> 32);
  uint32_t ends[kParts] = {};  // first how many, then where each part begins, at last where it ends
  for (size_t i = 0; i < count; ++i) ++ends[part[i]];
  uint32_t before = 0;
  for (uint32_t& end : ends) before += std::exchange(end, before);
  uint64_t parted[kSome];
  for (size_t i = 0; i < count; ++i) parted[ends[part[i]]++] = keys[i];
  const auto sort = HWY_DYNAMIC_DISPATCH(sort_few);
  size_t begin = 0;
  for (size_t p = 0; p < kParts; ++p) {
    if (p + 1 < kParts && ends[p + 1] - begin <= kFew) continue;
    if (ends[p] > begin) sort(parted + begin, ends[p] - begin);
    begin = ends[p];
  }
  std::copy_n(parted, count, keys.begin());
}

}  // namespace

void sort_keys(std::span<uint64_t> keys) {
  if (keys.size() < 2) return;
  if (keys.size() <= kFew) return HWY_DYNAMIC_DISPATCH(sort_few)(keys.data(), keys.size());
  if (keys.size() <= kSome) return sort_by_parts(keys);
  thread_local hwy::Sorter sorter;
  sorter(keys.data(), keys.size(), hwy::SortAscending());
}

}  // namespace rec::numerics
#endif
