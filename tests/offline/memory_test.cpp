// Budgets: arrays that go to files, sizes in words, and index builders that come to the same bits with next to no
// memory.
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <random>

#include "offline/indexes/als.h"
#include "offline/indexes/item_cf.h"
#include "offline/indexes/swing.h"
#include "offline/indexes/user_cf.h"
#include "offline/memory/array.h"
#include "offline/memory/size.h"
#include "tests/offline/temporary_folder.h"

namespace rec::memory {
namespace {

using indexes::Interaction;
using indexes::InteractionList;

TEST(Array, IsTheSameInMemoryAndInAFile) {
  const rec::testing::TemporaryFolder folder;
  for (const uint64_t bytes : {uint64_t{1}, uint64_t{5'000}, uint64_t{1} << 20}) {
    Budget budget(bytes, folder.path());
    Array<uint32_t> spilled(&budget), kept;
    std::mt19937 random(7);
    for (int i = 0; i < 300; ++i) {
      std::vector<uint32_t> more(random() % 50);
      std::ranges::generate(more, std::ref(random));
      for (auto* array : {&spilled, &kept}) {
        array->append(more);
        if (i % 3 == 0) array->push_back(static_cast<uint32_t>(i));
      }
    }
    spilled.finish();
    EXPECT_EQ(spilled.spilled(), bytes < 1 << 20);
    EXPECT_TRUE(spilled == kept);
    const Array<uint32_t> moved = std::move(spilled);
    EXPECT_TRUE(moved == kept);
    budget.relieve();
    EXPECT_TRUE(moved == kept);
    EXPECT_FALSE(budget.error());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "files have no name";
  }
}

TEST(Array, WhatCannotBeWrittenIsAnErrorOfTheBudgetAndReadsAsZeros) {
  Budget budget(1, "/nowhere/at/all");
  Array<uint32_t> array(&budget);
  for (uint32_t i = 0; i < 10'000; ++i) array.push_back(i + 1);
  array.finish();
  ASSERT_EQ(array.size(), 10'000U);
  EXPECT_EQ(std::accumulate(array.begin(), array.end(), uint64_t{0}), 0U);
  ASSERT_TRUE(budget.error());
  EXPECT_NE(budget.error()->find("cannot write /nowhere/at/all"), std::string::npos) << *budget.error();
}

TEST(Size, ReadsAndWritesWords) {
  EXPECT_EQ(parse_size("4GiB"), uint64_t{4} << 30);
  EXPECT_EQ(parse_size("512 MiB"), uint64_t{512} << 20);
  EXPECT_EQ(parse_size("1.5kB"), 1500U);
  EXPECT_EQ(parse_size("65536"), 65536U);
  for (const char* wrong : {"", "GiB", "0", "-1GiB", "4 gigs", "4GiBs", "nan", "1e300", "99999999999TiB", " 4GiB"}) {
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  }
  EXPECT_EQ(size_text(uint64_t{3} << 29), "1.5 GiB");
  EXPECT_EQ(size_text(uint64_t{64} << 20), "64 MiB");
  EXPECT_EQ(size_text(12), "12 bytes");
  EXPECT_GT(machine_memory(), uint64_t{1} << 20);
}

std::vector<Interaction> random_interactions(uint32_t users, uint32_t items, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Interaction> all;
  for (uint32_t user = 0; user < users; ++user) {
    for (uint32_t item = 0; item < items; ++item) {
      if (random() % (2 + item / 4) != 0) continue;  // few items have most
      all.push_back({.user = user,
                     .item = item,
                     .weight = static_cast<float>(random() % 40 + 1) / 10,
                     .time = static_cast<int64_t>(random() % 1000)});
    }
  }
  return all;
}

void expect_same(const indexes::NeighbourLists& a, const indexes::NeighbourLists& b) {
  EXPECT_EQ(a.offsets, b.offsets);
  EXPECT_TRUE(a.neighbour == b.neighbour);
  EXPECT_TRUE(a.similarity == b.similarity);
}

TEST(Builders, SameBitsWithNextToNoMemory) {
  constexpr uint32_t kUsers = 150, kItems = 90;
  const rec::testing::TemporaryFolder folder;
  const auto all = random_interactions(kUsers, kItems, 21);
  for (const uint64_t bytes : {1U, 2'000U, 50'000U}) {
    for (const unsigned threads : {1U, 3U}) {
      Budget budget(bytes, folder.path());
      const indexes::Work work{.threads = threads, .memory = &budget};
      const auto spilled = [&] {
        InteractionList list(&budget);
        for (const Interaction& one : all) list.push_back(one);
        list.finish();
        EXPECT_TRUE(list.spilled());
        return list;
      };
      for (const auto& options :
           {indexes::ItemCfOptions{.top_k = 7}, {.top_k = 20, .half_life = 300, .max_items = 12}}) {
        expect_same(build_item_cf(all, kUsers, kItems, options),
                    build_item_cf(spilled(), kUsers, kItems, options, work));
      }
      for (const auto& options : {indexes::UserCfOptions{.top_k = 9}, {.max_items = 5}}) {
        expect_same(build_user_cf(all, kUsers, kItems, options),
                    build_user_cf(spilled(), kUsers, kItems, options, work));
      }
      for (const auto& options : {indexes::SwingOptions{.top_k = 11}, {.max_items = 6, .max_users = 30}}) {
        indexes::SwingSampled whole, parts;
        expect_same(build_swing(all, kUsers, kItems, options, whole),
                    build_swing(spilled(), kUsers, kItems, options, parts, work));
        EXPECT_EQ(whole.users, parts.users);
        EXPECT_EQ(whole.items, parts.items);
      }
      const indexes::AlsOptions als{.factors = 8, .iterations = 2};
      EXPECT_EQ(build_als(all, kUsers, kItems, als).items, build_als(spilled(), kUsers, kItems, als, work).items);
      const auto histories = indexes::newest_first(all, kUsers, 8), again = newest_first(spilled(), kUsers, 8, &budget);
      EXPECT_EQ(histories.offsets, again.offsets);
      EXPECT_TRUE(histories.id == again.id);
      EXPECT_TRUE(histories.weight == again.weight);
      EXPECT_FALSE(budget.error());
    }
  }
}

}  // namespace
}  // namespace rec::memory
