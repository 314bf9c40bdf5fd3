// Updated indexes against full builds, bit by bit: random logs that grow, under all options, batch after batch.
#include "offline/indexes/update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "offline/indexes/item_cf.h"
#include "offline/indexes/swing.h"
#include "offline/indexes/user_cf.h"

namespace rec::indexes {
namespace {

/// Interactions that come, change and go. Users have a corner of the items they like, so that not all share all.
class Log {
 public:
  Log(uint32_t users, uint32_t items, uint32_t seed, bool weighted)
      : users_(users), items_(items), random_(seed), weighted_(weighted) {}

  void add(uint32_t events) {
    for (uint32_t i = 0; i < events; ++i) {
      const uint32_t user = below(users_), corner = user * 7 % items_;
      const uint32_t item = below(4) == 0 ? below(8) % items_ : (corner + below(12)) % items_;
      const float weight = weighted_ ? static_cast<float>(1 + below(5)) : 1.0F;
      pairs_[{user, item}] = {.user = user, .item = item, .weight = weight, .time = ++now_};
    }
  }
  void remove(uint32_t pairs) {
    for (uint32_t i = 0; i < pairs && !pairs_.empty(); ++i)
      pairs_.erase(std::next(pairs_.begin(), static_cast<std::ptrdiff_t>(below(static_cast<uint32_t>(pairs_.size())))));
  }
  /// Makes room for new rows in front of, between and behind those there are; the numbers that these have now.
  std::vector<uint32_t> insert_rows(uint32_t Interaction::* row) {
    uint32_t& rows = row == &Interaction::user ? users_ : items_;
    std::vector<uint32_t> moved(rows);
    uint32_t next = 0;
    for (uint32_t& one : moved) {
      next += below(10) == 0 ? 1 : 0;
      one = next++;
    }
    rows = next + 1;
    std::map<std::pair<uint32_t, uint32_t>, Interaction> pairs;
    for (auto [pair, one] : pairs_) {
      one.*row = moved[one.*row];
      pairs[{one.user, one.item}] = one;
    }
    pairs_ = std::move(pairs);
    return moved;
  }

  std::vector<Interaction> list() const {
    std::vector<Interaction> out;
    for (const auto& [pair, one] : pairs_) out.push_back(one);
    return out;
  }
  uint32_t users() const { return users_; }
  uint32_t items() const { return items_; }

 private:
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

  uint32_t users_, items_;
  std::mt19937 random_;
  bool weighted_;
  int64_t now_ = 0;
  std::map<std::pair<uint32_t, uint32_t>, Interaction> pairs_;
};

template <typename Options>
struct Algorithm {
  Interactions (*arrange)(const Log&, const Options&);
  NeighbourLists (*build)(const Interactions&, const Options&, const Work&);
  Updated (*update)(const Before&, const Interactions&, const Options&, const Work&);
  bool rows_are_users = false;
};

const Algorithm<ItemCfOptions> kItemCf{.arrange =
                                           [](const Log& log, const ItemCfOptions& options) {
                                             return arrange_for_item_cf(log.list(), log.users(), log.items(), options);
                                           },
                                       .build = build_item_cf,
                                       .update = update_item_cf};
const Algorithm<UserCfOptions> kUserCf{.arrange =
                                           [](const Log& log, const UserCfOptions& options) {
                                             return arrange_for_user_cf(log.list(), log.users(), log.items(), options);
                                           },
                                       .build = build_user_cf,
                                       .update = update_user_cf,
                                       .rows_are_users = true};
const Algorithm<SwingOptions> kSwing{.arrange =
                                         [](const Log& log, const SwingOptions& options) {
                                           SwingSampled sampled;
                                           return arrange_for_swing(log.list(), log.users(), log.items(), options,
                                                                    sampled);
                                         },
                                     .build = build_swing,
                                     .update = update_swing};

/// Rows that were made again in all batches, and rows there were.
struct Effort {
  uint64_t made = 0, rows = 0;
};

/// Grows a log by batches of different sizes; what an update makes is what the next one starts from.
template <typename Options>
void expect_updates(const Algorithm<Options>& algorithm, const Options& options, Log log, Effort& effort) {
  log.add(2500);
  Interactions all = algorithm.arrange(log, options);
  NeighbourLists lists = algorithm.build(all, options, {.threads = 1});
  Before before{.of_user = std::move(all.of_user), .lists = std::move(lists)};
  uint32_t round = 0;
  for (const uint32_t batch : {1U, 3U, 0U, 20U, 1U, 400U, 2U}) {
    ++round;
    if (round % 3 == 2) {
      const auto users = log.insert_rows(&Interaction::user), items = log.insert_rows(&Interaction::item);
      before.of_user = renumber(std::move(before.of_user), users, items, log.users());
      before.lists = renumber(std::move(before.lists), algorithm.rows_are_users ? users : items,
                              algorithm.rows_are_users ? log.users() : log.items());
    }
    log.add(batch);
    log.remove(batch / 3);
    all = algorithm.arrange(log, options);
    const NeighbourLists full = algorithm.build(all, options, {.threads = 2});
    for (const unsigned threads : {1U, 3U}) {
      Updated updated = algorithm.update(before, all, options, {.threads = threads});
      ASSERT_EQ(updated.lists.offsets, full.offsets) << "batch " << round;
      ASSERT_EQ(updated.lists.neighbour, full.neighbour) << "batch " << round;
      ASSERT_EQ(updated.lists.similarity, full.similarity) << "batch " << round;
      if (threads == 3) {
        effort.made += updated.rows_made;
        effort.rows += full.rows();
        before.lists = std::move(updated.lists);
      }
    }
    before.of_user = std::move(all.of_user);
  }
}

TEST(Update, ItemCfHasTheBitsOfAFullBuild) {
  using Weight = ItemCfOptions::UserWeight;
  Effort effort;
  uint32_t seed = 0;
  for (const Weight weight : {Weight::none, Weight::iuf, Weight::inverse}) {
    for (const double exponent : {0.0, 0.3, 1.0}) {
      for (const bool decay : {false, true}) {
        for (const uint32_t top_k : {3U, 12U, 1000U}) {
          ItemCfOptions options{.top_k = top_k, .popularity_exponent = exponent, .user_weight = weight};
          options.half_life = decay ? std::optional<int64_t>(500) : std::nullopt;
          options.max_items = ++seed % 3 == 0 ? std::optional<uint32_t>(6) : std::nullopt;
          expect_updates(kItemCf, options, Log(250, 300, seed, seed % 2 == 0), effort);
        }
      }
    }
  }
  EXPECT_LT(effort.made * 2, effort.rows);  // few rows were made again
}

TEST(Update, UserCfHasTheBitsOfAFullBuild) {
  Effort effort;
  uint32_t seed = 100;
  for (const auto discount : {UserCfOptions::Discount::none, UserCfOptions::Discount::popularity}) {
    for (const uint32_t top_k : {3U, 12U, 1000U}) {
      for (const bool cut : {false, true}) {
        UserCfOptions options{.top_k = top_k, .discount = discount};
        options.max_items = cut ? std::optional<uint32_t>(6) : std::nullopt;
        expect_updates(kUserCf, options, Log(250, 300, ++seed, true), effort);
      }
    }
  }
  EXPECT_LT(effort.made * 2, effort.rows);
}

TEST(Update, SwingHasTheBitsOfAFullBuild) {
  using Weighting = SwingOptions::Weighting;
  Effort effort;
  uint32_t seed = 200;
  for (const Weighting weighting : {Weighting::none, Weighting::inv_sqrt, Weighting::power}) {
    for (const uint32_t top_k : {3U, 1000U}) {
      for (const bool divided : {false, true}) {
        for (const bool sampled : {false, true}) {
          SwingOptions options{.top_k = top_k, .weighting = weighting, .divide_by_largest = divided};
          options.max_items = sampled ? std::optional<uint32_t>(6) : std::nullopt;
          options.max_users = sampled ? std::optional<uint32_t>(9) : std::nullopt;
          expect_updates(kSwing, options, Log(250, 300, ++seed, false), effort);
        }
      }
    }
  }
  EXPECT_LT(effort.made * 2, effort.rows);
}

TEST(Update, FromNothingAndToNothing) {
  const std::vector<Interaction> some = {{0, 0, 1, 5}, {0, 1, 1, 6}, {1, 0, 1, 7}, {1, 1, 1, 8}};
  auto all = arrange_for_item_cf(some, 2, 2, {});
  auto none = arrange_for_item_cf({}, 2, 2, {});
  auto full = build_item_cf(all, {}), empty = build_item_cf(none, {});
  const std::vector<float> similarity(full.similarity.begin(), full.similarity.end());
  EXPECT_EQ(update_item_cf({.of_user = {}, .lists = {}}, all, {}).lists.similarity, similarity);
  EXPECT_EQ(update_swing({.of_user = {}, .lists = {}}, all, {}).lists.neighbour, build_swing(all, {}).neighbour);
  const Before before{.of_user = std::move(all.of_user), .lists = std::move(full)};
  EXPECT_TRUE(update_item_cf(before, none, {}).lists.neighbour.empty());
  EXPECT_EQ(update_item_cf(before, none, {}).lists.offsets, empty.offsets);
}

}  // namespace
}  // namespace rec::indexes
