// The selection of the first: the same places as a stable sort gives, whatever the keys' type, number and ties.
#include "runtime/engine/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace rec::engine {
namespace {

class Random {
 public:
  uint64_t below(uint64_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % n;
  }

 private:
  uint64_t state_ = 11;
};

/// The first `count` by a stable sort with `before`.
template <typename Before>
std::vector<uint32_t> sorted(size_t n, size_t count, Before before) {
  std::vector<uint32_t> places(n);
  std::iota(places.begin(), places.end(), 0U);
  std::stable_sort(places.begin(), places.end(), before);
  places.resize(std::min(n, count));
  return places;
}

TEST(Order, FloatsAsAStableSortHasThem) {
  Random random;
  for (const size_t n : {0U, 1U, 7U, 1000U, 5000U}) {
    for (const uint64_t distinct : {1U, 3U, 100'000U}) {
      std::vector<float> values(n);
      for (float& value : values) {
        value = static_cast<float>(random.below(distinct)) - 1;
        if (random.below(20) == 0) value = std::numeric_limits<float>::quiet_NaN();
        if (random.below(20) == 0) value = -0.0F;
      }
      const auto nans =
          static_cast<uint64_t>(std::count_if(values.begin(), values.end(), [](float x) { return x != x; }));
      for (const bool ascending : {false, true}) {
        for (const size_t count : {size_t{0}, size_t{1}, size_t{10}, n / 2, n, n + 5}) {
          uint64_t nan = 0;
          const auto places = first_of({.data = values.data()}, types::floating(), n, ascending, count, nan);
          EXPECT_EQ(nan, nans);
          EXPECT_EQ(places, sorted(n, count,
                                   [&](uint32_t a, uint32_t b) {
                                     if (std::isnan(values[a]) || std::isnan(values[b]))
                                       return !std::isnan(values[a]) && std::isnan(values[b]);
                                     return ascending ? values[a] < values[b] : values[a] > values[b];
                                   }))
              << n << " values of " << distinct << ", the first " << count;
        }
      }
    }
  }
}

TEST(Order, IntsRisingAndFalling) {
  for (const int64_t step : {-1, 1}) {  // every value is better than all before, or worse
    std::vector<int64_t> values(3000);
    for (size_t i = 0; i < values.size(); ++i) values[i] = step * static_cast<int64_t>(i) * (int64_t{1} << 50);
    uint64_t nan = 0;
    EXPECT_EQ(first_of({.data = values.data()}, types::integer(), values.size(), false, 20, nan),
              sorted(values.size(), 20, [&](uint32_t a, uint32_t b) { return values[a] > values[b]; }));
    EXPECT_EQ(nan, 0);
  }
}

TEST(Order, MissingValuesAreLast) {
  const std::vector<uint8_t> truths = {0, 1, 1, 0, 1}, present = {1, 0, 1, 1, 1};
  uint64_t nan = 0;
  const interpreter::Values values{.data = truths.data(), .present = present.data()};
  EXPECT_EQ(first_of(values, types::boolean(), 5, false, 5, nan), (std::vector<uint32_t>{2, 4, 0, 3, 1}));
  EXPECT_EQ(nan, 1);
}

}  // namespace
}  // namespace rec::engine
