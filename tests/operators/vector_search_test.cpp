// A search of vectors without an index, beside a sort of all.
#include "operators/recall/vector_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "operators/numerics/float_lanes.h"

namespace rec::tests {
namespace {

using operators::ScoredRow;

TEST(FlatSearch, HandsOutTheBestThenTheNextBest) {
  std::mt19937 random(7);
  for (const uint32_t count : {1U, 7U, 1000U, 5000U}) {
    constexpr uint32_t kDimension = 5;
    std::vector<float> vectors(size_t{count} * kDimension);
    for (float& value : vectors) value = static_cast<float>(static_cast<int>(random() % 7) - 3);  // many are equal
    if (count > 100) {  // products that overflow, some to what is no number
      for (uint32_t at = 50; at < 60; ++at) {
        vectors[at * kDimension] = 3e38F;
        vectors[at * kDimension + 1] = at % 2 == 0 ? 3e38F : -3e38F;
      }
    }
    std::vector<uint32_t> rows(count);
    for (uint32_t at = 0; at < count; ++at) rows[at] = 2 * at;
    store::VectorIndex index;
    index.dimension = kDimension;
    index.count = count;
    index.row = rows.data();
    index.vectors = vectors.data();
    const float query[kDimension] = {10, 10, 1, -1, 2};
    std::vector<ScoredRow> expected;
    for (uint32_t at = 0; at < count; ++at)
      expected.push_back({rows[at], numerics::float_dot(query, index.vector(at), kDimension)});
    std::ranges::sort(expected, operators::comes_before);
    for (const size_t wanted : {size_t{1}, size_t{10}, size_t{300}, SIZE_MAX / 4}) {
      const auto search = operators::search_vectors(index, query, 0);
      size_t handed = 0;
      for (size_t next = wanted; handed < count && handed < 40 * wanted; next = std::min(2 * next, SIZE_MAX / 4)) {
        auto found = search->more(next);
        std::ranges::sort(found, operators::comes_before);
        ASSERT_EQ(found.size(), std::min<size_t>(next, count - handed));
        for (size_t i = 0; i < found.size(); ++i) {
          ASSERT_EQ(found[i].row, expected[handed + i].row) << count << " " << wanted << " " << handed + i;
          if (std::isnan(found[i].score)) continue;
          ASSERT_EQ(found[i].score, expected[handed + i].score);
        }
        handed += found.size();
      }
      EXPECT_TRUE(handed < count || search->more(1).empty());
    }
  }
}

}  // namespace
}  // namespace rec::tests
