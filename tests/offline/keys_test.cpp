// Rows by key, one at a time and many together: keys without gaps, scattered keys, keys that no row has.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/offline/data_directory.h"

namespace rec {
namespace {

/// A table whose keys are these, in this order in its file.
std::shared_ptr<const store::Generation> table_of(testing::DataDirectory& data, const std::vector<int64_t>& keys) {
  data.write("catalog.yaml", "tables:\n  items: {key: id, source: {csv: items.csv}}\n");
  std::string rows = "id\n";
  for (const int64_t key : keys) rows += std::to_string(key) + "\n";
  data.write("items.csv", rows);
  EXPECT_TRUE(data.build().published) << data.report();
  EXPECT_TRUE(data.check()) << data.report();
  return data.open();
}

void expect_lookups(const std::vector<int64_t>& keys, const std::vector<int64_t>& others) {
  testing::DataDirectory data;
  const auto generation = table_of(data, keys);
  ASSERT_NE(generation, nullptr) << data.report();
  const store::Table& items = *generation->table("items");
  std::map<int64_t, uint32_t> wanted;  // ascending keys: the rows of a table
  for (const int64_t key : keys) wanted.emplace(key, 0);
  uint32_t next = 0;
  for (auto& [key, row] : wanted) row = next++;
  std::vector<int64_t> asked = keys;
  asked.insert(asked.end(), others.begin(), others.end());
  asked.insert(asked.end(), {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), 0, -1});
  std::ranges::shuffle(asked, std::mt19937_64(2));
  std::vector<uint32_t> found(asked.size());
  items.find_all(asked, found.data());
  for (size_t i = 0; i < asked.size(); ++i) {
    const auto at = wanted.find(asked[i]);
    const auto row = at == wanted.end() ? column::kNoRow : at->second;
    EXPECT_EQ(found[i], row) << asked[i];
    EXPECT_EQ(items.find(asked[i]).value_or(column::kNoRow), row) << asked[i];
  }
  for (const auto& [key, row] : wanted) EXPECT_EQ(std::get<int64_t>(items.key(row)), key);
}

TEST(Keys, WithoutGaps) {
  std::vector<int64_t> keys;
  for (int64_t key = -700; key < 1300; ++key) keys.push_back(key);
  std::ranges::shuffle(keys, std::mt19937_64(1));
  expect_lookups(keys, {-701, 1300, 1301, 5000});
}

TEST(Keys, WithAGap) {
  std::vector<int64_t> keys;
  for (int64_t key = 0; key < 300; ++key) keys.push_back(key < 100 ? key : key + 1);
  expect_lookups(keys, {100, 301});
}

TEST(Keys, Scattered) {
  std::mt19937_64 random(3);
  std::vector<int64_t> keys, others;
  for (int i = 0; i < 5000; ++i) keys.push_back(static_cast<int64_t>(random()));
  for (int i = 0; i < 1000; ++i) others.push_back(static_cast<int64_t>(random()));
  expect_lookups(keys, others);
}

TEST(Keys, OneAndNone) {
  expect_lookups({7}, {6, 8});
  expect_lookups({}, {6, 8});
}

}  // namespace
}  // namespace rec
