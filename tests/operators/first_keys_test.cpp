// The best of many keys against a sort, for keys that lie evenly, in heaps, and at the ends of their range.
#include "operators/numerics/first_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace rec::numerics {
namespace {

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

/// Distinct keys: the place in the lower bits.
std::vector<uint64_t> keys(const std::string& how, size_t size, std::mt19937_64& random) {
  std::vector<uint64_t> out(size);
  for (uint64_t i = 0; i < size; ++i) {
    uint64_t rank = random() >> 32;  // even
    if (how == "equal") rank = 7;
    if (how == "two heaps") rank = random() % 2 == 0 ? 0 : UINT32_MAX;
    if (how == "by powers") rank = uint64_t{1} << random() % 32;
    if (how == "rising") rank = i;
    if (how == "falling") rank = size - i;
    out[i] = rank << 32 | i;
  }
  if (how == "ends" && size > 1) {
    out.front() = kMost;
    out.back() = 0;
  }
  return out;
}

class FirstKeys : public testing::TestWithParam<std::string> {};

TEST_P(FirstKeys, AreThoseOfASort) {
  std::mt19937_64 random(1);
  for (const size_t size :
       {1UL, 2UL, 63UL, 128UL, 129UL, 300UL, 632UL, 1024UL, 1025UL, 5'000UL, 16'384UL, 16'385UL, 40'000UL}) {
    const auto all = keys(GetParam(), size, random);
    auto sorted = all;
    std::ranges::sort(sorted);
    for (const size_t count : {size_t{1}, size_t{2}, size / 2, size - 1, size, std::min<size_t>(size, 300)}) {
      if (count == 0 || count > size) continue;
      auto first = all;
      first_keys(std::span(first), count);
      ASSERT_TRUE(std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(count), sorted.begin()))
          << size << ", the first " << count;
      std::ranges::sort(first);
      ASSERT_EQ(first, sorted) << "none is lost";
    }
  }
}

TEST_P(FirstKeys, CutKeepsThemAndFewMore) {
  std::mt19937_64 random(2);
  for (const size_t size : {1UL, 2UL, 100UL, 632UL, 5'000UL, 20'000UL}) {
    const auto all = keys(GetParam(), size, random);
    auto sorted = all;
    std::ranges::sort(sorted);
    for (const size_t count : {size_t{1}, size / 3, size / 2, size - 1, size}) {
      if (count == 0 || count > size) continue;
      auto left = all;
      const size_t kept = cut(std::span(left), count);
      ASSERT_GE(kept, count);
      ASSERT_LE(kept, std::min(size, count + count / 8 + 8));
      std::sort(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(kept));
      ASSERT_TRUE(std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(kept), sorted.begin()))
          << size << ", " << count << " wanted, " << kept << " kept";
      std::ranges::sort(left);
      ASSERT_EQ(left, sorted) << "none is lost";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, FirstKeys,
                         testing::Values("even", "equal", "two heaps", "by powers", "rising", "falling", "ends"),
                         [](const auto& given) {
                           std::string name = given.param;
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

}  // namespace
}  // namespace rec::numerics
