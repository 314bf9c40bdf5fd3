// Graphs over vectors: what must hold of every one, what a search finds in it beside brute force, and that threads do
// not change it.
#include "offline/indexes/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "operators/recall/vector_search.h"

namespace rec::indexes {
namespace {

enum class Kind { even, clustered, cluster_by_cluster, many_equal };

VectorSet vectors(Kind kind, uint32_t count, uint32_t dimension, uint32_t seed) {
  std::mt19937 random(seed), of_centres(1);
  std::normal_distribution<float> normal;
  constexpr uint32_t kCentres = 30;
  std::vector<float> centres(kCentres * dimension);
  for (float& value : centres) value = normal(of_centres);
  VectorSet set{.dimension = dimension};
  for (uint32_t i = 0; i < count; ++i) {
    const size_t centre = kind == Kind::cluster_by_cluster ? size_t{i} * kCentres / count : random() % kCentres;
    const float spread = kind == Kind::even ? 0 : kind == Kind::many_equal && random() % 2 == 0 ? 1 : 2;
    set.row.push_back(3 * i);
    for (uint32_t k = 0; k < dimension; ++k) {
      const float noise = normal(random);
      set.vectors.push_back(spread == 0   ? noise
                            : spread == 1 ? centres[k]
                                          : centres[centre * dimension + k] + 0.5F * noise);
    }
  }
  normalise(set);
  return set;
}

store::VectorIndex view(const VectorSet& set, const Graph& graph) {
  store::VectorIndex index;
  index.dimension = set.dimension;
  index.count = static_cast<uint32_t>(set.row.size());
  index.row = set.row.data();
  index.vectors = set.vectors.data();
  index.graph = graph.view();
  return index;
}

/// The scores of the `count` best of what a search with so much effort finds.
std::vector<float> best_scores(const store::VectorIndex& index, const float* query, size_t count, size_t effort) {
  auto found = operators::search_vectors(index, query, effort)->more(count);
  std::ranges::sort(found, operators::comes_before);
  std::vector<float> out;
  for (size_t i = 0; i < std::min(count, found.size()); ++i) out.push_back(found[i].score);
  return out;
}

TEST(Graph, FindsNearlyAllOfTheNearest) {
  constexpr uint32_t kCount = 4000, kQueries = 50, kNearest = 10;
  for (const Kind kind : {Kind::even, Kind::clustered, Kind::cluster_by_cluster, Kind::many_equal}) {
    for (const uint32_t dimension : {24U, 32U, 64U}) {
      const auto set = vectors(kind, kCount, dimension, 2), queries = vectors(kind, kQueries, dimension, 3);
      const auto graph = build_graph(set, {.links = 16, .ef_construction = 100});
      const auto with = view(set, graph);
      auto without = with;
      without.graph = {};
      size_t hits = 0;
      for (size_t q = 0; q < kQueries; ++q) {
        const float* query = queries.vectors.data() + q * dimension;
        const float least = best_scores(without, query, kNearest, 0).back();
        for (const float score : best_scores(with, query, kNearest, 100)) hits += score >= least ? 1 : 0;
      }
      EXPECT_GE(static_cast<double>(hits) / (kQueries * kNearest), kind == Kind::even ? 0.9 : 0.99)
          << static_cast<int>(kind) << " " << dimension;
    }
  }
}

TEST(Graph, LinksLeadToOthersOfTheLayerEachOnce) {
  constexpr uint32_t kCount = 3000;
  for (const Kind kind : {Kind::clustered, Kind::many_equal}) {
    const auto set = vectors(kind, kCount, 12, 4);
    const auto graph = build_graph(set, {.links = 4, .ef_construction = 30});
    const auto index = view(set, graph);
    ASSERT_EQ(graph.links0.size(), kCount * size_t{8});
    ASSERT_EQ(graph.upper.size(), graph.upper_offsets.back());
    const auto top = [&](uint32_t v) {
      return (graph.upper_offsets[v + size_t{1}] - graph.upper_offsets[v]) / graph.links;
    };
    EXPECT_EQ(top(graph.entry) + 1, graph.layers);
    size_t in_upper = 0;
    for (uint32_t v = 0; v < kCount; ++v) {
      in_upper += top(v) > 0 ? 1 : 0;
      for (uint32_t layer = 0; layer <= top(v); ++layer) {
        const auto links = index.graph.links_of(v, layer);
        const auto end = std::ranges::find(links, Graph::kNoLink);
        EXPECT_EQ(std::count(end, links.end(), Graph::kNoLink), links.end() - end) << "none behind the first gap";
        EXPECT_TRUE(layer > 0 || end != links.begin()) << v << " is alone";
        std::set<uint32_t> distinct(links.begin(), end);
        EXPECT_EQ(std::ssize(distinct), end - links.begin()) << v;
        EXPECT_FALSE(distinct.contains(v));
        for (const uint32_t other : distinct) {
          ASSERT_LT(other, kCount);
          EXPECT_GE(top(other), layer);
        }
      }
    }
    EXPECT_NEAR(static_cast<double>(in_upper), kCount / 4.0, kCount / 20.0) << "one in `links` is in a second layer";
  }
}

TEST(Graph, SameBitsOnAnyNumberOfThreads) {
  const auto set = vectors(Kind::clustered, 5000, 16, 5);
  const GraphOptions options{.links = 8, .ef_construction = 40};
  const auto one = build_graph(set, options, {.threads = 1});
  for (const unsigned threads : {2U, 5U}) {
    double done = 0;
    const auto more = build_graph(set, options, {.threads = threads, .progress = [&](double share) {
                                                   EXPECT_GE(share, done);
                                                   done = share;
                                                 }});
    EXPECT_EQ(done, 1);
    EXPECT_EQ(one.links0, more.links0);
    EXPECT_EQ(one.upper, more.upper);
    EXPECT_EQ(one.upper_offsets, more.upper_offsets);
    EXPECT_EQ(one.entry, more.entry);
  }
}

TEST(Graph, OfNothingAndOfOne) {
  const auto none = build_graph({.dimension = 8}, {});
  EXPECT_EQ(none.layers, 0U);
  EXPECT_EQ(none.upper_offsets, std::vector<uint64_t>{0});
  const auto set = vectors(Kind::even, 1, 8, 6);
  const auto one = build_graph(set, {});
  EXPECT_EQ(one.entry, 0U);
  EXPECT_EQ(best_scores(view(set, one), set.vectors.data(), 5, 0).size(), 1U);
}

}  // namespace
}  // namespace rec::indexes
