// UserCF, Swing and ALS against brute force over random data, and every builder against itself on other threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "offline/indexes/als.h"
#include "offline/indexes/item_cf.h"
#include "offline/indexes/swing.h"
#include "offline/indexes/user_cf.h"
#include "offline/indexes/vectors.h"

namespace rec::indexes {
namespace {

using Pairs = std::map<std::pair<uint32_t, uint32_t>, double>;

std::vector<Interaction> random_interactions(uint32_t users, uint32_t items, uint32_t one_in, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Interaction> all;
  for (uint32_t user = 0; user < users; ++user) {
    for (uint32_t item = 0; item < items; ++item) {
      if (random() % one_in != 0) continue;
      all.push_back({.user = user,
                     .item = item,
                     .weight = static_cast<float>(random() % 40 + 1) / 10,
                     .time = static_cast<int64_t>(random() % 1000)});
    }
  }
  return all;
}

std::vector<std::set<uint32_t>> sets(const std::vector<Interaction>& all, uint32_t rows, uint32_t Interaction::* row,
                                     uint32_t Interaction::* entry) {
  std::vector<std::set<uint32_t>> out(rows);
  for (const auto& one : all) out[one.*row].insert(one.*entry);
  return out;
}

std::vector<uint32_t> common(const std::set<uint32_t>& a, const std::set<uint32_t>& b) {
  std::vector<uint32_t> out;
  std::ranges::set_intersection(a, b, std::back_inserter(out));
  return out;
}

/// Each list is the largest of what is expected, in order, ties the lower row first.
void expect_lists(const NeighbourLists& lists, const Pairs& expected, uint32_t rows, uint32_t top_k) {
  ASSERT_EQ(lists.offsets.size(), rows + size_t{1});
  for (uint32_t row = 0; row < rows; ++row) {
    std::vector<double> all;
    for (const auto& [pair, similarity] : expected) {
      if (pair.first == row) all.push_back(similarity);
    }
    std::ranges::sort(all, std::greater{});
    const uint64_t begin = lists.offsets[row];
    ASSERT_EQ(lists.offsets[row + size_t{1}] - begin, std::min<size_t>(all.size(), top_k)) << row;
    for (uint64_t k = begin; k < lists.offsets[row + size_t{1}]; ++k) {
      const double similarity = expected.at({row, lists.neighbour[k]});
      EXPECT_NEAR(lists.similarity[k], similarity, 1e-6 * similarity);
      EXPECT_NEAR(lists.similarity[k], all[k - begin], 1e-6 * similarity);
      if (k > begin && lists.similarity[k] == lists.similarity[k - 1]) {
        EXPECT_LT(lists.neighbour[k - 1], lists.neighbour[k]);
      }
    }
  }
}

void expect_same(const NeighbourLists& a, const NeighbourLists& b) {
  EXPECT_EQ(a.offsets, b.offsets);
  EXPECT_EQ(a.neighbour, b.neighbour);
  EXPECT_EQ(a.similarity, b.similarity);
}

TEST(UserCf, AgreesWithBruteForce) {
  constexpr uint32_t kUsers = 70, kItems = 40;
  const auto all = random_interactions(kUsers, kItems, 4, 11);
  const auto of_user = sets(all, kUsers, &Interaction::user, &Interaction::item);
  const auto of_item = sets(all, kItems, &Interaction::item, &Interaction::user);
  for (const auto discount : {UserCfOptions::Discount::none, UserCfOptions::Discount::popularity}) {
    Pairs expected;
    for (uint32_t u = 0; u < kUsers; ++u) {
      for (uint32_t v = 0; v < kUsers; ++v) {
        double sum = 0;
        for (const uint32_t item : u == v ? std::vector<uint32_t>{} : common(of_user[u], of_user[v])) {
          const auto users = static_cast<double>(of_item[item].size());
          sum += discount == UserCfOptions::Discount::none ? 1 : 1 / std::log(1 + users);
        }
        const auto lengths = static_cast<double>(of_user[u].size() * of_user[v].size());
        if (sum > 0) expected[{u, v}] = sum / std::sqrt(lengths);
      }
    }
    for (const uint32_t top_k : {5U, 1000U})
      expect_lists(build_user_cf(all, kUsers, kItems, {.top_k = top_k, .discount = discount}), expected, kUsers, top_k);
  }
}

Pairs swing_by_hand(const std::vector<Interaction>& all, uint32_t users, uint32_t items, const SwingOptions& options) {
  const auto of_user = sets(all, users, &Interaction::user, &Interaction::item);
  const auto of_item = sets(all, items, &Interaction::item, &Interaction::user);
  const auto weight = [&](uint32_t user) {
    const auto n = static_cast<double>(of_user[user].size());
    return options.weighting == SwingOptions::Weighting::none       ? 1
           : options.weighting == SwingOptions::Weighting::inv_sqrt ? 1 / std::sqrt(n)
                                                                    : 1 / std::pow(options.alpha1 + n, options.beta);
  };
  Pairs out;
  for (uint32_t i = 0; i < items; ++i) {
    double largest = 0;
    for (uint32_t j = 0; j < items; ++j) {
      double sum = 0;
      const auto both = i == j ? std::vector<uint32_t>{} : common(of_item[i], of_item[j]);
      for (size_t a = 0; a < both.size(); ++a) {
        for (size_t b = a + 1; b < both.size(); ++b) {
          const auto shared = static_cast<double>(common(of_user[both[a]], of_user[both[b]]).size());
          sum += weight(both[a]) * weight(both[b]) / (options.alpha + shared);
        }
      }
      if (sum > 0) out[{i, j}] = sum;
      largest = std::max(largest, sum);
    }
    for (uint32_t j = 0; j < items && options.divide_by_largest; ++j) {
      if (const auto found = out.find({i, j}); found != out.end()) found->second /= largest;
    }
  }
  return out;
}

TEST(Swing, AgreesWithBruteForceUnderAllOptions) {
  constexpr uint32_t kUsers = 60, kItems = 30;
  const auto all = random_interactions(kUsers, kItems, 4, 5);
  for (const auto weighting :
       {SwingOptions::Weighting::none, SwingOptions::Weighting::inv_sqrt, SwingOptions::Weighting::power}) {
    for (const double alpha : {0.0, 1.0, 12.5}) {
      for (const bool divide : {false, true}) {
        SwingOptions options{.top_k = 7, .alpha = alpha, .weighting = weighting, .divide_by_largest = divide};
        SwingSampled sampled;
        expect_lists(build_swing(all, kUsers, kItems, options, sampled), swing_by_hand(all, kUsers, kItems, options),
                     kItems, 7);
        EXPECT_EQ(sampled.users + sampled.items, 0U);
      }
    }
  }
}

TEST(Swing, ItemsOfMoreUsersThanABandHolds) {
  // 700 × 700 pairs do not fit into one band.
  constexpr uint32_t kUsers = 700, kItems = 6;
  const auto all = random_interactions(kUsers, kItems, 1, 5);
  const SwingOptions options{.alpha = 2, .divide_by_largest = false};
  SwingSampled sampled;
  const auto lists = build_swing(all, kUsers, kItems, options, sampled);
  const double weight = 1.0 / 6.0, pairs = 700.0 * 699.0 / 2;
  ASSERT_EQ(lists.similarity.size(), 30U);
  for (const float similarity : lists.similarity) EXPECT_NEAR(similarity, pairs * weight / 8, 1e-3);
}

TEST(Swing, SamplesWhatIsAboveTheLimitsTheSameEachTime) {
  constexpr uint32_t kUsers = 80, kItems = 50;
  const auto all = random_interactions(kUsers, kItems, 2, 9);
  SwingSampled first, second, none;
  const SwingOptions options{.max_items = 10, .max_users = 15};
  auto shuffled = all;
  std::ranges::shuffle(shuffled, std::mt19937(3));
  expect_same(build_swing(all, kUsers, kItems, options, first), build_swing(shuffled, kUsers, kItems, options, second));
  EXPECT_EQ(first.users, 80U);
  EXPECT_GT(first.items, 0U);
  EXPECT_EQ(first.items, second.items);

  uint64_t cut = 0;
  const Side kept = sample_rows(arrange(all, kUsers, kItems, {}).of_user, 10, cut);
  EXPECT_EQ(cut, 80U);
  for (uint32_t user = 0; user < kUsers; ++user) EXPECT_EQ(kept.count(user), 10U) << user;
  EXPECT_EQ(std::set<uint32_t>(kept.id.begin(), kept.id.end()).size(), 50U) << "draws are spread over the items";
  expect_same(build_swing(all, kUsers, kItems, {.max_items = 1000, .max_users = 1000}, none),
              build_swing(all, kUsers, kItems, {}, none));
}

TEST(Builders, SameBitsOnAnyNumberOfThreads) {
  constexpr uint32_t kUsers = 900, kItems = 400;
  const auto all = random_interactions(kUsers, kItems, 12, 1);
  SwingSampled sampled;
  const AlsOptions als{.factors = 24, .iterations = 3};
  const auto factors = build_als(all, kUsers, kItems, als, {.threads = 1});
  for (const unsigned threads : {2U, 5U}) {
    const Work work{.threads = threads};
    expect_same(build_item_cf(all, kUsers, kItems, {}, {.threads = 1}), build_item_cf(all, kUsers, kItems, {}, work));
    expect_same(build_user_cf(all, kUsers, kItems, {}, {.threads = 1}), build_user_cf(all, kUsers, kItems, {}, work));
    expect_same(build_swing(all, kUsers, kItems, {}, sampled, {.threads = 1}),
                build_swing(all, kUsers, kItems, {}, sampled, work));
    const auto again = build_als(all, kUsers, kItems, als, work);
    EXPECT_EQ(factors.users, again.users);
    EXPECT_EQ(factors.items, again.items);
  }
}

TEST(Builders, ProgressRisesToOne) {
  std::vector<double> told;
  const auto all = random_interactions(300, 200, 5, 1);
  build_item_cf(all, 300, 200, {}, {.threads = 3, .progress = [&](double share) { told.push_back(share); }});
  EXPECT_TRUE(std::ranges::is_sorted(told));
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back(), 1);
  told.clear();
  build_als(all, 300, 200, {.factors = 8, .iterations = 2}, {.progress = [&](double share) { told.push_back(share); }});
  EXPECT_TRUE(std::ranges::is_sorted(told));
  EXPECT_EQ(told.back(), 1);
}

TEST(Builders, NothingFromNothing) {
  SwingSampled sampled;
  EXPECT_EQ(build_user_cf({}, 2, 3, {}).offsets, (std::vector<uint64_t>{0, 0, 0}));
  EXPECT_EQ(build_swing({}, 2, 3, {}, sampled).offsets, (std::vector<uint64_t>{0, 0, 0, 0}));
  const auto factors = build_als({}, 2, 3, {.factors = 4});
  EXPECT_EQ(factors.users, std::vector<float>(8, 0.0F));
  EXPECT_EQ(factors.items, std::vector<float>(12, 0.0F));
}

/// Solves A·x = b by elimination with pivots.
std::vector<double> solved(std::vector<std::vector<double>> a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t k = 0; k < n; ++k) {
    size_t pivot = k;
    for (size_t r = k; r < n; ++r) pivot = std::abs(a[r][k]) > std::abs(a[pivot][k]) ? r : pivot;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (size_t r = k + 1; r < n; ++r) {
      const double f = a[r][k] / a[k][k];
      for (size_t c = k; c < n; ++c) a[r][c] -= f * a[k][c];
      b[r] -= f * b[k];
    }
  }
  for (size_t k = n; k-- > 0;) {
    for (size_t c = k + 1; c < n; ++c) b[k] -= a[k][c] * b[c];
    b[k] /= a[k][k];
  }
  return b;
}

TEST(Als, AHalfStepRunToItsEndIsTheLeastSquaresSolution) {
  constexpr uint32_t kUsers = 40, kItems = 60;
  const auto all = random_interactions(kUsers, kItems, 5, 2);
  std::mt19937 random(4);
  for (const size_t f : {5UZ, 8UZ, 70UZ}) {
    for (const bool implicit : {true, false}) {
      for (const double exponent : {0.0, 1.0}) {
        const AlsOptions options{.factors = static_cast<uint32_t>(f),
                                 .regularisation = 0.3,
                                 .regularisation_exponent = exponent,
                                 .alpha = 7,
                                 .implicit = implicit};
        std::vector<float> items(kItems * f), users(kUsers * f);
        for (float& value : items) value = static_cast<float>(random() % 2000) / 1000 - 1;
        const auto side = arrange(all, kUsers, kItems, {}).of_user;
        als_half_step(side, items, users, options, 400, {});
        for (uint32_t u = 0; u < kUsers; ++u) {
          std::map<uint32_t, double> r;
          for (const auto& one : all) {
            if (one.user == u) r[one.item] = one.weight;
          }
          std::vector<std::vector<double>> a(f, std::vector<double>(f));
          std::vector<double> b(f);
          double total = 0;
          for (uint32_t i = 0; i < kItems; ++i) {
            const double cell = implicit ? 1 + 7 * (r.contains(i) ? r[i] : 0) : r.contains(i) ? 1 : 0;
            const double target = implicit ? (r.contains(i) ? 1 : 0) : r.contains(i) ? r[i] : 0;
            total += cell;
            for (size_t x = 0; x < f; ++x) {
              b[x] += cell * target * items[i * f + x];
              for (size_t y = 0; y < f; ++y) a[x][y] += cell * items[i * f + x] * items[i * f + y];
            }
          }
          for (size_t x = 0; x < f; ++x) a[x][x] += 0.3 * std::pow(total, exponent);
          const auto expected = solved(a, b);
          for (size_t x = 0; x < f; ++x) EXPECT_NEAR(users[u * f + x], expected[x], 2e-3) << f << implicit << exponent;
        }
      }
    }
  }
}

TEST(Als, FindsWhatIsOfLowRank) {
  // Two kinds of users and items; who likes a kind likes half of its items.
  constexpr uint32_t kUsers = 200, kItems = 100;
  std::mt19937 random(8);
  std::vector<Interaction> all;
  for (uint32_t u = 0; u < kUsers; ++u) {
    for (uint32_t i = u % 2; i < kItems; i += 2) {
      if (random() % 2 == 0) all.push_back({.user = u, .item = i, .weight = 1, .time = 0});
    }
  }
  const auto factors = build_als(all, kUsers, kItems, {.factors = 2, .iterations = 10, .alpha = 10});
  for (uint32_t u = 0; u < kUsers; ++u) {
    for (uint32_t i = 0; i < kItems; ++i) {
      const float score =
          factors.users[2 * u] * factors.items[2 * i] + factors.users[2 * u + 1] * factors.items[2 * i + 1];
      if (u % 2 == i % 2) {
        EXPECT_GT(score, 0.5F);
      } else {
        EXPECT_LT(score, 0.2F);
      }
    }
  }
}

TEST(Vectors, ThoseThatAreNoVectorsStayOut) {
  const float nan = std::nanf("");
  const std::vector<float> values{1, 2, 0, 0, nan, 1, 3, 4};
  const std::vector<uint8_t> present{1, 1, 1, 1}, some{0, 1, 1, 1};
  EXPECT_EQ(gather_vectors(values, 2, {}, false).row, (std::vector<uint32_t>{0, 1, 3}));
  EXPECT_EQ(gather_vectors(values, 2, present, true).row, (std::vector<uint32_t>{0, 3}));
  auto set = gather_vectors(values, 2, some, true);
  EXPECT_EQ(set.row, (std::vector<uint32_t>{3}));
  normalise(set);
  EXPECT_EQ(set.vectors, (std::vector<float>{0.6F, 0.8F}));
}

}  // namespace
}  // namespace rec::indexes
