// Logs in parts: any budget gives the same generation to the bit, and a disk that is full is an error.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "offline/memory/external_sort.h"
#include "runtime/store/user_store.h"
#include "tests/offline/shop.h"

namespace rec::build {
namespace {

using rec::testing::DataDirectory;

const std::string kIndexes =
    R"(  loves: {algorithm: item_cf, from: buys, weight: 'e.seconds ?? 0.5', half_life: 10s, max_items: 3}
  users: {algorithm: user_cf, from: all, top_k: 5}
  few: {algorithm: swing, from: all, max_items: 2, max_users: 4}
  factors: {algorithm: als, from: all, factors: 4, iterations: 2}
)";

/// Events with every sort of column, users without a row, equal times, and a time that is none.
std::string random_visits(int count, uint32_t seed) {
  std::mt19937 random(seed);
  const char* const goods[] = {"a", "b", "c"};
  const char* const labels[] = {"", "p", "q|p", "r|\"s\"\"s\"|p"};
  std::string text = "who,what,at,action,seconds,labels\n";
  for (int i = 0; i < count; ++i) {
    const auto who = static_cast<int>(random() % 40);
    text += std::to_string(who % 2 == 0 ? who : 1) + "," + goods[random() % 3] + "," +
            (random() % 30 == 0 ? "never" : std::to_string(random() % 60)) + "," +
            (random() % 3 == 0 ? "buy" : "view" + std::to_string(random() % 20)) + "," +
            (random() % 4 == 0 ? "" : std::to_string(random() % 1000) + ".25") + "," + labels[random() % 3] + "\n";
  }
  return text;
}

using Contents = std::map<std::string, std::string>;

/// All that a build made, but for what says when, and the logs that the next build may read.
Contents contents(const DataDirectory& data) {
  Contents all;
  for (const auto& entry : std::filesystem::directory_iterator(data.path("generations/1"))) {
    const std::string name = entry.path().filename();
    if (name != "manifest.json" && !name.ends_with(".events")) all[name] = data.read("generations/1/" + name);
  }
  const auto users = store::LmdbEnvironment::open(store::user_store_path(data.path()), false);
  EXPECT_TRUE(users && (*users)->has_epoch(1).value_or(false));
  EXPECT_TRUE((*users)->read_all(1, [&](std::string_view key, std::string_view record) {
    all["user " + std::string(key)] = record;
    return true;
  }));
  return all;
}

TEST(EventParts, AnyBudgetGivesTheSameGeneration) {
  for (const uint32_t seed : {1U, 2U}) {
    Contents whole;
    std::vector<std::string> notes;
    for (const uint64_t memory : {uint64_t{1} << 40, uint64_t{1}, uint64_t{3'000}, uint64_t{40'000}}) {
      DataDirectory data;
      rec::testing::write_shop(data);
      data.write("catalog.yaml", rec::testing::kShopCatalog + kIndexes);
      data.write("visits.csv", random_visits(250, seed));
      const auto report = data.build({.memory = memory});
      ASSERT_TRUE(report.published) << data.report();
      const Contents made = contents(data);
      if (whole.empty()) {
        whole = made;
        notes = report.notes;
      }
      EXPECT_GT(made.size(), 30U);
      EXPECT_EQ(made, whole) << "with " << memory << " bytes";
      std::erase_if(notes, [](const std::string& note) { return note.find("memory") != std::string::npos; });
      auto said = report.notes;
      std::erase_if(said, [](const std::string& note) { return note.find("memory") != std::string::npos; });
      EXPECT_EQ(said, notes);
      EXPECT_TRUE(data.check()) << data.report();
    }
  }
}

TEST(EventParts, HoldOutsAreTheSameInParts) {
  for (const auto kind : {ingest::Holdout::Kind::after, ingest::Holdout::Kind::last, ingest::Holdout::Kind::random}) {
    std::vector<Contents> made;
    for (const uint64_t memory : {uint64_t{1} << 40, uint64_t{2'000}}) {
      DataDirectory data;
      rec::testing::write_shop(data);
      data.write("visits.csv", random_visits(200, 5));
      const ingest::Holdout holdout{.kind = kind, .sequence = "buys", .time = 40'000'000, .count = 2, .share = 0.3};
      ASSERT_TRUE(data.build({.memory = memory, .without = {holdout}}).published) << data.report();
      made.push_back(contents(data));
    }
    EXPECT_EQ(made[0], made[1]);
  }
}

struct Smaller {
  bool operator()(uint64_t a, uint64_t b) const { return a < b; }
};

TEST(ExternalSort, IsASort) {
  const rec::testing::TemporaryFolder folder;
  for (const uint64_t bytes : {uint64_t{1}, uint64_t{10'000}, uint64_t{1} << 30}) {
    for (const size_t count : {size_t{0}, size_t{1}, size_t{16}, size_t{5'000}}) {
      memory::Budget budget(bytes, folder.path());
      memory::ExternalSort<uint64_t, Smaller> sort(&budget);
      std::vector<uint64_t> expected(count), seen;
      std::iota(expected.begin(), expected.end(), 1);
      auto shuffled = expected;
      std::ranges::shuffle(shuffled, std::mt19937(3));
      for (const uint64_t value : shuffled) sort.add(value);
      sort.finish([&](uint64_t value) { seen.push_back(value); });
      EXPECT_EQ(seen, expected) << bytes << " bytes";
      EXPECT_FALSE(budget.error());
    }
  }
}

}  // namespace
}  // namespace rec::build
