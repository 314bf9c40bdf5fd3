// Tables of vectors that grow: their indexes take in what is new, and are made anew where much of them is.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime/store/manifest.h"
#include "tests/offline/data_directory.h"

namespace rec::build {
namespace {

using rec::testing::DataDirectory;

constexpr const char* kCatalog = R"(tables:
  people: {key: id, source: {csv: people.csv}, columns: {}}
  goods: {key: id, source: {csv: goods.csv}, columns: {look: {type: "vector(4)?", separator: ";"}}}
indexes:
  graph: {algorithm: hnsw, vectors: goods.look, metric: cosine, links: 8}
  cells: {algorithm: ivf, vectors: goods.look, metric: inner_product, lists: 8}
  codes: {algorithm: pq, vectors: goods.look, metric: cosine, lists: 8, subvectors: 2, bits: 4}
)";

/// `changed`: the item whose vector is another; every ninth item has none.
std::string goods(int first, int count, int changed) {
  std::string text = "id,look\n";
  for (int id = first; id < first + count; ++id) {
    std::mt19937 random(static_cast<uint32_t>(id + 100 + (id == changed ? 10'000 : 0)));
    text += std::to_string(id) + ",";
    for (int k = 0; k < 4 && id % 9 != 0; ++k)
      text += (k > 0 ? ";" : "") + std::to_string(static_cast<double>(random() % 2000) / 1000 - 1);
    text += "\n";
  }
  return text;
}

TEST(GrownVectors, WhatIsNewJoins) {
  DataDirectory data;
  data.write("catalog.yaml", kCatalog);
  data.write("people.csv", "id\n1\n");
  data.write("goods.csv", goods(0, 400, -100));
  ASSERT_TRUE(data.build().published) << data.report();
  data.write("goods.csv", goods(-5, 410, 11));  // rows move
  const auto grown = data.build();
  ASSERT_TRUE(grown.published) << data.report();
  ASSERT_EQ(grown.updated.size(), 3U);
  EXPECT_TRUE(grown.updated[0].starts_with("index graph (")) << grown.updated[0];
  EXPECT_TRUE(data.check()) << data.report();
  const auto generation = data.open();
  const store::Table& table = *generation->table("goods");
  for (const char* name : {"graph", "cells", "codes"}) {
    const store::VectorIndex& index = *generation->vector_index(name);
    std::vector<uint32_t> rows(index.row, index.row + index.count), wanted;
    std::ranges::sort(rows);
    for (uint32_t row = 0; row < table.rows(); ++row) {
      if (table.columns()[1].has(row)) wanted.push_back(row);
    }
    EXPECT_EQ(rows, wanted) << name;
    for (uint32_t at = 0; at < index.count && std::string_view(name) == "cells"; ++at)
      EXPECT_TRUE(std::equal(index.vector(at), index.vector(at) + 4, table.columns()[1].vector(index.row[at])));
  }
  data.write("goods.csv", goods(-5, 470, 11));  // with those before more than one in ten
  const auto anew = data.build();
  ASSERT_TRUE(anew.published) << data.report();
  EXPECT_TRUE(anew.updated.empty());
  EXPECT_TRUE(data.check()) << data.report();
}

}  // namespace
}  // namespace rec::build
