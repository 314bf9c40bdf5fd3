// Vector indexes that grow: what must hold of every one, and that a search finds as much in it as in one made anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "offline/indexes/graph.h"
#include "offline/indexes/vector_index.h"
#include "operators/recall/vector_search.h"

namespace rec::indexes {
namespace {

constexpr uint32_t kDimension = 24;

/// Clusters; rows with gaps, in which vectors may join later.
VectorSet clustered(uint32_t count, uint32_t seed) {
  std::mt19937 random(seed), of_centres(1);
  std::normal_distribution<float> normal;
  std::vector<float> centres(30 * kDimension);
  for (float& value : centres) value = normal(of_centres);
  VectorSet set{.dimension = kDimension};
  for (uint32_t i = 0; i < count; ++i) {
    const size_t centre = random() % 30;
    set.row.push_back(i);
    for (uint32_t k = 0; k < kDimension; ++k)
      set.vectors.push_back(centres[centre * kDimension + k] + 0.5F * normal(random));
  }
  normalise(set);
  return set;
}

/// Of a set, the vectors whose number `takes`, with their numbers as rows.
template <typename Takes>
VectorSet part(const VectorSet& set, Takes takes) {
  VectorSet out{.dimension = set.dimension};
  for (uint32_t i = 0; i < set.row.size(); ++i) {
    if (!takes(i)) continue;
    out.row.push_back(i);
    const auto begin = set.vectors.begin() + static_cast<std::ptrdiff_t>(i * size_t{set.dimension});
    out.vectors.insert(out.vectors.end(), begin, begin + set.dimension);
  }
  return out;
}

/// Where vectors of `now` are in `before`, by their rows.
Places places_of(const VectorSet& before, const VectorSet& now) {
  Places places;
  for (const uint32_t row : now.row) {
    const auto found = std::ranges::find(before.row, row);
    places.push_back(found == before.row.end() ? kNoPlace : static_cast<uint32_t>(found - before.row.begin()));
  }
  return places;
}

store::VectorIndex flat(const VectorSet& set) {
  store::VectorIndex index;
  index.dimension = set.dimension;
  index.count = static_cast<uint32_t>(set.row.size());
  index.row = set.row.data();
  index.vectors = set.vectors.data();
  return index;
}
store::VectorIndex view(const VectorSet& set, const Graph& graph) {
  store::VectorIndex index = flat(set);
  index.graph = graph.view();
  return index;
}
store::VectorIndex view(const VectorSet& set, const Cells& cells, const Codes* codes) {
  store::VectorIndex index = flat(set);
  index.cells = {.count = static_cast<uint32_t>(cells.offsets.size() - 1),
                 .centroids = cells.centroids.data(),
                 .offsets = cells.offsets.data()};
  if (codes != nullptr) {
    index.vectors = nullptr;
    index.codes = {
        .subvectors = codes->subvectors, .words = codes->words, .book = codes->book.data(), .code = codes->code.data()};
  }
  return index;
}

std::set<uint32_t> found(const store::VectorIndex& index, const float* query, size_t effort) {
  auto candidates = operators::search_vectors(index, query, effort)->more(100);
  std::ranges::sort(candidates, operators::comes_before);
  std::set<uint32_t> rows;
  for (size_t i = 0; i < std::min<size_t>(100, candidates.size()); ++i) rows.insert(candidates[i].row);
  return rows;
}

/// Share of the hundred nearest that a search finds.
double recall(const VectorSet& set, const store::VectorIndex& index, size_t effort) {
  const auto queries = clustered(60, 9);
  const auto all = flat(set);
  size_t hits = 0;
  for (size_t q = 0; q < queries.row.size(); ++q) {
    const float* query = queries.vectors.data() + q * kDimension;
    const auto nearest = found(all, query, 0);
    for (const uint32_t row : found(index, query, effort)) hits += nearest.contains(row) ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(queries.row.size() * 100);
}

constexpr uint32_t kCount = 6000;
/// One in twenty joins, one in forty leaves.
bool is_new(uint32_t i) {
  return i % 20 == 3;
}
bool leaves(uint32_t i) {
  return i % 40 == 7;
}

TEST(VectorUpdate, AGraphFindsAsMuchAsOneMadeAnew) {
  const auto all = clustered(kCount, 2);
  const auto before = part(all, [](uint32_t i) { return !is_new(i); });
  const auto now = part(all, [](uint32_t i) { return !leaves(i); });
  const GraphOptions options{.links = 16, .ef_construction = 100};
  const auto graph = build_graph(before, options);
  const auto places = places_of(before, now);
  const auto grown = grow_graph(now, places, graph, options, {.threads = 1});
  EXPECT_EQ(grow_graph(now, places, graph, options, {.threads = 3}).links0, grown.links0);
  ASSERT_EQ(grown.links0.size(), now.row.size() * 2 * options.links);
  for (const uint32_t link : grown.links0) ASSERT_TRUE(link == Graph::kNoLink || link < now.row.size());
  for (const uint32_t link : grown.upper) ASSERT_TRUE(link == Graph::kNoLink || link < now.row.size());
  const double anew = recall(now, view(now, build_graph(now, options)), 150);
  const double after = recall(now, view(now, grown), 150);
  std::printf("recall@100 of a graph that grew %.4f, made anew %.4f\n", after, anew);
  EXPECT_GT(anew, 0.97);
  EXPECT_GE(after, anew - 0.01);
}

TEST(VectorUpdate, AGraphGrowsFromNothingAndToNothing) {
  const auto all = clustered(50, 2);
  const GraphOptions options{.links = 4, .ef_construction = 20};
  const auto graph = build_graph(all, options);
  EXPECT_EQ(grow_graph(all, Places(50, kNoPlace), graph, options).links0, graph.links0);
  EXPECT_EQ(grow_graph({.dimension = kDimension}, {}, graph, options).layers, 0U);
  const auto one = part(all, [](uint32_t i) { return i == 7; });
  const auto grown = grow_graph(one, {7}, graph, options);
  EXPECT_EQ(grown.entry, 0U);
  EXPECT_TRUE(std::ranges::all_of(grown.links0, [](uint32_t link) { return link == Graph::kNoLink; }));
}

TEST(VectorUpdate, CellsAndCodesFindAsMuchAsThoseMadeAnew) {
  const auto all = clustered(kCount, 2);
  auto before = part(all, [](uint32_t i) { return !is_new(i); });
  const auto now = part(all, [](uint32_t i) { return !leaves(i); });
  const auto cells = build_cells(before, 40);  // puts the vectors in the order of cells
  const auto codes = build_codes(before, cells, 12, 8);
  auto grown = now, anew = now;
  auto places = places_of(before, now);
  const auto grown_cells = grow_cells(grown, places, cells);
  EXPECT_EQ(places, places_of(before, grown));
  const auto grown_codes = grow_codes(grown, places, grown_cells, codes);
  for (uint32_t at = 0; at < places.size(); ++at) {
    for (uint32_t s = 0; s < 12 && places[at] != kNoPlace; ++s)
      ASSERT_EQ(grown_codes.code[at * 12 + s], codes.code[places[at] * 12 + s]);
  }
  const auto new_cells = build_cells(anew, 40);
  const auto new_codes = build_codes(anew, new_cells, 12, 8);
  for (const bool coded : {false, true}) {
    const double full = recall(now, view(anew, new_cells, coded ? &new_codes : nullptr), 8);
    const double after = recall(now, view(grown, grown_cells, coded ? &grown_codes : nullptr), 8);
    std::printf("recall@100 of %s that grew %.4f, made anew %.4f\n", coded ? "codes" : "cells", after, full);
    EXPECT_GE(after, full - 0.01);
  }
}

}  // namespace
}  // namespace rec::indexes
