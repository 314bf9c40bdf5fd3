// Lists of a column as the sets that rerankers compare: what a list repeats counts once, in whatever order it stands.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <set>

#include "operators/rerank/similarity.h"
#include "runtime/engine/scalars.h"

namespace rec::tests {
namespace {

using types::Kind;

template <typename T>
using Lists = std::vector<std::vector<T>>;  // one a candidate

/// Rows of a similarity of the lists, as the engine hands them to rerankers.
template <typename T>
std::vector<std::vector<float>> similarities(const Lists<T>& lists, Kind element) {
  std::vector<column::ListRef> column;
  for (const auto& list : lists) column.push_back({list.data(), static_cast<uint32_t>(list.size())});
  column::Arena arena;
  const operators::SimilarityTerm term{
      .kind = operators::SimilarityTerm::Kind::jaccard,
      .lists = engine::number_lists({.data = column.data()}, types::list(element), lists.size(), true, arena)};
  operators::Similarity similarity({&term, 1}, lists.size(), arena);
  std::vector<uint32_t> all(lists.size());
  std::iota(all.begin(), all.end(), 0U);
  similarity.add(all);
  std::vector<std::vector<float>> rows;
  for (const uint32_t place : all) similarity.row(place, 0, rows.emplace_back(all.size()));
  return rows;
}

TEST(Sets, RepeatedElementsCountOnce) {
  std::mt19937 random(1);
  for (const size_t values : {3UL, 20UL, 64UL, 65UL, 500UL}) {
    Lists<int64_t> lists(40);
    for (auto& list : lists) {
      for (size_t left = random() % 30; left > 0; --left) list.push_back(static_cast<int64_t>(random() % values) - 9);
      if (!list.empty() && random() % 2 == 0) list.insert(list.end(), 3, list[random() % list.size()]);
    }
    const auto rows = similarities(lists, Kind::integer);
    for (size_t a = 0; a < lists.size(); ++a) {
      const std::set<int64_t> own(lists[a].begin(), lists[a].end());
      for (size_t b = 0; b < lists.size(); ++b) {
        const std::set<int64_t> other(lists[b].begin(), lists[b].end());
        const auto both = std::ranges::count_if(own, [&](int64_t value) { return other.contains(value); });
        auto either = own;
        either.insert(other.begin(), other.end());
        const double share = either.empty() ? 0 : static_cast<double>(both) / static_cast<double>(either.size());
        ASSERT_EQ(rows[a][b], static_cast<float>(share)) << values << " values, " << a << " and " << b;
      }
    }
  }
}

TEST(Sets, OfFloatsHaveOneZeroAndOneNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto rows = similarities<float>({{0.0F, -0.0F, nan, -nan}, {nan}, {-0.0F}, {1, nan, 0}, {}}, Kind::floating);
  EXPECT_EQ(rows[0], (std::vector<float>{1, 0.5F, 0.5F, 2.0F / 3, 0}));
}

TEST(Sets, OfTextsAreOfTheirCodes) {
  const auto rows = similarities<int32_t>({{7, 7, 2, 7}, {2, 7}, {2, 2}, {-1, 2}}, Kind::string);
  EXPECT_EQ(rows[0], (std::vector<float>{1, 1, 0.5F, 1.0F / 3}));
}

}  // namespace
}  // namespace rec::tests
