// ItemCF against brute force, the golden vectors, and itself on another number of threads.
#include "offline/indexes/item_cf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

namespace rec::indexes {
namespace {

using UserWeight = ItemCfOptions::UserWeight;

std::vector<Interaction> random_interactions(uint32_t users, uint32_t items, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Interaction> all;
  for (uint32_t user = 0; user < users; ++user) {
    for (uint32_t item = 0; item < items; ++item) {
      if (random() % 3 == 0) {
        const auto weight = static_cast<float>(random() % 100 + 1) / 20;
        all.push_back({.user = user, .item = item, .weight = weight, .time = static_cast<int64_t>(random() % 1000)});
      }
    }
  }
  return all;
}

/// The definition, word for word: every pair of items, every user of both.
std::map<std::pair<uint32_t, uint32_t>, double> brute_force(std::vector<Interaction> all, uint32_t items,
                                                            const ItemCfOptions& options) {
  std::map<uint32_t, std::vector<Interaction>> by_user;
  for (const Interaction& one : all) {
    by_user[one.user].push_back(one);
  }
  std::vector<double> norm(items);
  std::map<std::pair<uint32_t, uint32_t>, double> sums;
  for (auto& [user, list] : by_user) {
    std::ranges::sort(
        list, [](const auto& a, const auto& b) { return std::pair(-a.time, a.item) < std::pair(-b.time, b.item); });
    list.resize(std::min<size_t>(list.size(), options.max_items.value_or(UINT32_MAX)));
    const auto n = static_cast<double>(list.size());
    const double g = options.user_weight == UserWeight::none  ? 1
                     : options.user_weight == UserWeight::iuf ? 1 / std::log(1 + n)
                                                              : 1 / n;
    for (const Interaction& i : list) {
      norm[i.item] += double{i.weight} * i.weight;
      for (const Interaction& j : list) {
        const auto apart = static_cast<double>(std::abs(i.time - j.time));
        const double decay = options.half_life ? std::pow(2, -apart / static_cast<double>(*options.half_life)) : 1;
        sums[{i.item, j.item}] += i.item == j.item ? 0 : g * double{i.weight} * j.weight * decay;
      }
    }
  }
  const double a = options.popularity_exponent;
  std::erase_if(sums, [](const auto& entry) { return entry.second == 0; });
  for (auto& [pair, sum] : sums) {
    sum /= std::pow(norm[pair.first], 1 - a) * std::pow(norm[pair.second], a);
  }
  return sums;
}

void expect_lists(const NeighbourLists& lists, const std::map<std::pair<uint32_t, uint32_t>, double>& expected,
                  uint32_t items, uint32_t top_k) {
  ASSERT_EQ(lists.offsets.size(), items + size_t{1});
  for (uint32_t item = 0; item < items; ++item) {
    std::vector<double> all;
    for (uint32_t other = 0; other < items; ++other) {
      if (const auto found = expected.find({item, other}); found != expected.end()) {
        all.push_back(found->second);
      }
    }
    std::ranges::sort(all, std::greater{});
    const uint64_t begin = lists.offsets[item];
    ASSERT_EQ(lists.offsets[item + size_t{1}] - begin, std::min<size_t>(all.size(), top_k)) << item;
    for (uint64_t k = begin; k < lists.offsets[item + size_t{1}]; ++k) {
      const double similarity = expected.at({item, lists.neighbour[k]});
      EXPECT_NEAR(lists.similarity[k], similarity, 1e-6 * std::abs(similarity));
      EXPECT_NEAR(lists.similarity[k], all[k - begin], 1e-6 * std::abs(similarity));  // the largest ones, in order
      if (k > begin && lists.similarity[k] == lists.similarity[k - 1]) {
        EXPECT_LT(lists.neighbour[k - 1], lists.neighbour[k]);
      }
    }
  }
}

TEST(ItemCf, AgreesWithBruteForceUnderAllOptions) {
  constexpr uint32_t kUsers = 30;
  constexpr uint32_t kItems = 25;
  for (const UserWeight weight : {UserWeight::none, UserWeight::iuf, UserWeight::inverse}) {
    for (const double exponent : {0.0, 0.3, 0.5, 1.0}) {
      for (const bool decay : {false, true}) {
        for (const bool cut : {false, true}) {
          ItemCfOptions options{.top_k = cut ? 4U : 100U, .popularity_exponent = exponent, .user_weight = weight};
          options.half_life = decay ? std::optional<int64_t>(100) : std::nullopt;
          options.max_items = cut ? std::optional<uint32_t>(5) : std::nullopt;
          const auto interactions = random_interactions(kUsers, kItems, 7);
          expect_lists(build_item_cf(interactions, kUsers, kItems, options), brute_force(interactions, kItems, options),
                       kItems, options.top_k);
        }
      }
    }
  }
}

TEST(ItemCf, SameBitsWhateverOrderTheInteractionsComeIn) {
  auto interactions = random_interactions(200, 150, 3);
  const auto first = build_item_cf(interactions, 200, 150, {});
  std::ranges::shuffle(interactions, std::mt19937(5));
  const auto second = build_item_cf(interactions, 200, 150, {});
  EXPECT_EQ(first.offsets, second.offsets);
  EXPECT_EQ(first.neighbour, second.neighbour);
  EXPECT_EQ(first.similarity, second.similarity);
}

TEST(ItemCf, ManyItemsAreAddedUpInTiles) {
  constexpr uint32_t kUsers = 3'000, kItems = 150'000;
  std::mt19937 random(8);
  std::map<std::pair<uint32_t, uint32_t>, bool> seen;
  for (int i = 0; i < 60'000; ++i)
    seen[{static_cast<uint32_t>(random() % kUsers), static_cast<uint32_t>(random() % kItems)}] = true;
  std::vector<Interaction> all;
  for (const auto& [pair, there] : seen)
    all.push_back({.user = pair.first, .item = pair.second, .weight = 1, .time = 5});
  // A half-life takes another way, and none of times that are equal.
  const auto tiles = build_item_cf(all, kUsers, kItems, {.top_k = 10});
  const auto whole = build_item_cf(all, kUsers, kItems, {.top_k = 10, .half_life = 1});
  EXPECT_GT(tiles.neighbour.size(), 400'000U);
  EXPECT_EQ(tiles.offsets, whole.offsets);
  EXPECT_TRUE(tiles.neighbour == whole.neighbour);
  EXPECT_TRUE(tiles.similarity == whole.similarity);
}

TEST(ItemCf, NothingFromNothing) {
  EXPECT_EQ(build_item_cf({}, 0, 0, {}).offsets, (std::vector<uint64_t>{0}));
  EXPECT_EQ(build_item_cf({}, 3, 2, {}).offsets, (std::vector<uint64_t>{0, 0, 0}));
  const auto alone = build_item_cf({{.user = 0, .item = 1, .weight = 1, .time = 0}}, 1, 2, {});
  EXPECT_TRUE(alone.neighbour.empty());
  const auto weightless = build_item_cf({{0, 0, 0.0F, 0}, {0, 1, 0.0F, 0}}, 1, 2, {});
  EXPECT_TRUE(weightless.neighbour.empty());
}

std::string golden_path() {
  const char* shared = std::getenv("REC_SHARED");
  return (shared != nullptr ? std::string(shared) : REC_SOURCE_DIR "/../shared") + "/golden/itemcf.json";
}

TEST(ItemCf, AgreesWithTheGoldenVectors) {
  if (!std::filesystem::exists(golden_path())) {
    GTEST_SKIP() << "no golden vectors at " << golden_path();
  }
  const auto golden = nlohmann::json::parse(std::ifstream(golden_path()));
  struct Form {
    const char* name;
    bool weighted;
    UserWeight user_weight;
    bool decay;
  };
  constexpr Form kForms[] = {{"cosine", false, UserWeight::none, false},
                             {"weighted_cosine", true, UserWeight::none, false},
                             {"iuf", false, UserWeight::iuf, false},
                             {"iuf_timedecay", false, UserWeight::iuf, true}};
  for (const auto& instance : golden.at("cases")) {
    for (const Form& form : kForms) {
      std::vector<Interaction> interactions;
      for (const auto& one : instance.at("interactions")) {
        interactions.push_back({.user = one[0],
                                .item = one[1],
                                .weight = form.weighted ? one[2].get<float>() : 1.0F,
                                .time = one[3].get<int64_t>() * 1'000'000});
      }
      ItemCfOptions options{.popularity_exponent = 0.5, .user_weight = form.user_weight};
      if (form.decay) {
        constexpr double kDay = 86'400e6;
        options.half_life = std::llround(std::log(2) / instance.at("lambda_per_day").get<double>() * kDay);
      }
      const auto& expected = instance.at("sim").at(form.name);
      const auto lists = build_item_cf(interactions, instance.at("n_users"), instance.at("n_items"), options);
      EXPECT_EQ(lists.neighbour.size(), 2 * expected.size()) << form.name;
      for (uint32_t item = 0; item + 1 < lists.offsets.size(); ++item) {
        for (uint64_t k = lists.offsets[item]; k < lists.offsets[item + size_t{1}]; ++k) {
          const auto [low, high] = std::minmax(item, lists.neighbour[k]);
          const double similarity = expected.at(std::to_string(low) + "," + std::to_string(high));
          EXPECT_NEAR(lists.similarity[k], similarity, 1e-4 * similarity) << form.name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace rec::indexes
