// Merge policies by example, and their promises on random channels.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "operators/list.h"

namespace rec::tests {
namespace {

using operators::MergeDef;
using operators::MergeInput;

/// The merged rows.
std::vector<uint32_t> merged(const operators::OperatorDef& def, const std::vector<std::vector<uint32_t>>& channels,
                             std::vector<int64_t> counts = {}, std::optional<uint32_t> take = {}) {
  std::vector<MergeInput> inputs;
  for (size_t c = 0; c < channels.size(); ++c) {
    const int64_t count = counts.empty() ? 1 : counts[c];
    inputs.push_back({.rows = channels[c], .low = count, .high = count});
  }
  std::vector<uint32_t> rows;
  for (const auto& pick : std::get<MergeDef>(def.what).run(inputs, take))
    rows.push_back(channels[pick.channel][pick.position]);
  return rows;
}

using Rows = std::vector<uint32_t>;

TEST(Merge, InOrderPutsChannelAfterChannel) {
  EXPECT_EQ(merged(operators::in_order(), {{5, 3}, {3, 9}, {1, 5}}), (Rows{5, 3, 9, 1}));
  EXPECT_EQ(merged(operators::in_order(), {{5, 3}, {3, 9}}, {}, 3), (Rows{5, 3, 9}));
  EXPECT_EQ(merged(operators::in_order(), {{5, 3}}, {}, 0), Rows{});
}

TEST(Merge, RoundRobinTakesInTurn) {
  EXPECT_EQ(merged(operators::round_robin(), {{1, 2, 3}, {11, 12}, {21}}), (Rows{1, 11, 21, 2, 12, 3}));
  EXPECT_EQ(merged(operators::round_robin(), {{1, 2, 3, 4}, {11, 12, 13}}, {2, 1}), (Rows{1, 2, 11, 3, 4, 12, 13}));
}

TEST(Merge, RoundRobinSeesAChannelWithoutWhatIsPlaced) {
  EXPECT_EQ(merged(operators::round_robin(), {{1, 2}, {1, 3}}), (Rows{1, 3, 2}));
}

TEST(Merge, RoundRobinTakesNoneOfACountOfZero) {
  EXPECT_EQ(merged(operators::round_robin(), {{1, 2}, {11}}, {0, 1}), Rows{11});
  EXPECT_EQ(merged(operators::round_robin(), {{1, 2}, {11}}, {0, 0}), Rows{});
}

/// Round robin read literally: each channel a queue from which placed items are struck out.
Rows naive_round_robin(std::vector<Rows> channels, const std::vector<int64_t>& counts, size_t take) {
  Rows out;
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t c = 0; c < channels.size(); ++c) {
      for (int64_t k = 0; k < counts[c] && out.size() < take; ++k) {
        std::erase_if(channels[c], [&](uint32_t row) { return std::ranges::find(out, row) != out.end(); });
        if (channels[c].empty()) break;
        out.push_back(channels[c].front());
        moved = true;
      }
    }
  }
  return out;
}

TEST(Merge, RoundRobinAgreesWithItsDefinition) {
  std::mt19937 random(3);
  const auto upto = [&](uint32_t most) { return std::uniform_int_distribution<uint32_t>(0, most)(random); };
  for (int round = 0; round < 3000; ++round) {
    std::vector<Rows> channels(1 + upto(3));
    std::vector<int64_t> counts;
    for (Rows& rows : channels) {
      std::set<uint32_t> seen;
      for (uint32_t k = upto(8); k > 0; --k) {
        const uint32_t row = upto(12) * 1'000'003;
        if (seen.insert(row).second) rows.push_back(row);
      }
      counts.push_back(upto(3));
    }
    const uint32_t take = upto(15);
    ASSERT_EQ(merged(operators::round_robin(), channels, counts, take), naive_round_robin(channels, counts, take))
        << round;
  }
}

/// A channel with what `quota`, `best` and `sum` look at.
struct Scored {
  Rows rows;
  std::vector<float> scores{};
  float weight = 1;
  bool ascending = false;
  int64_t low = 0, high = 100;
};

Rows merged(const operators::OperatorDef& def, const std::vector<Scored>& channels, std::optional<uint32_t> take) {
  std::vector<MergeInput> inputs;
  for (const Scored& c : channels) {
    inputs.push_back({.rows = c.rows,
                      .low = c.low,
                      .high = c.high,
                      .scores = c.scores,
                      .ascending = c.ascending,
                      .weight = c.weight});
  }
  Rows rows;
  for (const auto& pick : std::get<MergeDef>(def.what).run(inputs, take))
    rows.push_back(channels[pick.channel].rows[pick.position]);
  return rows;
}

TEST(Merge, QuotaPlacesTheLeastFirstAndStopsAtTheMost) {
  const std::vector<Scored> channels{{.rows = {1, 2, 3, 4}, .low = 1, .high = 2}, {.rows = {11, 1, 12, 13}, .low = 2}};
  EXPECT_EQ(merged(operators::quota(), channels, {}), (Rows{1, 11, 12, 2, 13}));
  EXPECT_EQ(merged(operators::quota(), channels, 2), (Rows{1, 11}));
}

TEST(Merge, BestAndSumScaleScores) {
  const std::vector<Scored> channels{{.rows = {1, 2, 3}, .scores = {30, 20, 10}},
                                     {.rows = {3, 4, 2}, .scores = {1, 2, 3}, .ascending = true},
                                     {.rows = {5, 4}, .weight = 0.5F}};
  // 1: 1 | 2: .5 + 0 | 3: 0 + 1 | 4: .5 + .25 | 5: .5
  EXPECT_EQ(merged(operators::best(), channels, {}), (Rows{1, 3, 2, 4, 5}));
  EXPECT_EQ(merged(operators::sum(), channels, {}), (Rows{1, 3, 4, 2, 5}));
  EXPECT_EQ(merged(operators::sum(), {{.rows = {7, 8}, .scores = {2, 2}}, {.rows = {9}, .weight = 2}}, 2),
            (Rows{9, 7}));
}

/// Each step read literally, on queues from which placed items are struck out.
Rows naive_quota(std::vector<Scored> channels, size_t take) {
  Rows out;
  std::vector<int64_t> got(channels.size(), 0);
  const auto one = [&](size_t c) {
    std::erase_if(channels[c].rows, [&](uint32_t row) { return std::ranges::find(out, row) != out.end(); });
    if (channels[c].rows.empty() || out.size() >= take) return false;
    out.push_back(channels[c].rows.front());
    ++got[c];
    return true;
  };
  for (size_t c = 0; c < channels.size(); ++c) {
    for (int64_t k = 0; k < channels[c].low; ++k) one(c);
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t c = 0; c < channels.size(); ++c) {
      if (got[c] < channels[c].high && one(c)) moved = true;
    }
  }
  return out;
}

double naive_scaled(const Scored& c, size_t at) {
  if (c.scores.empty()) return 1.0 / static_cast<double>(at + 1);
  const double low = double{*std::ranges::min_element(c.scores)}, high = double{*std::ranges::max_element(c.scores)};
  if (low == high) return 1;
  return (c.ascending ? high - double{c.scores[at]} : double{c.scores[at]} - low) / (high - low);
}

Rows naive_scored(const std::vector<Scored>& channels, size_t take, bool adds) {
  std::vector<std::pair<double, uint32_t>> all;
  for (const Scored& c : channels) {
    for (size_t i = 0; i < c.rows.size(); ++i) {
      const double value = double{c.weight} * naive_scaled(c, i);
      const auto known = std::ranges::find(all, c.rows[i], &std::pair<double, uint32_t>::second);
      if (known == all.end()) {
        all.emplace_back(value, c.rows[i]);
      } else {
        known->first = adds ? known->first + value : std::max(known->first, value);
      }
    }
  }
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.first > b.first; });
  Rows out;
  for (size_t i = 0; i < std::min(take, all.size()); ++i) out.push_back(all[i].second);
  return out;
}

TEST(Merge, QuotaBestAndSumAgreeWithTheirDefinitions) {
  std::mt19937 random(4);
  const auto upto = [&](uint32_t most) { return std::uniform_int_distribution<uint32_t>(0, most)(random); };
  for (int round = 0; round < 3000; ++round) {
    std::vector<Scored> channels(1 + upto(3));
    for (Scored& c : channels) {
      std::set<uint32_t> seen;
      // Spans that are powers of two, so that equal values are equal in any order of arithmetic.
      for (uint32_t k = upto(8); k > 0; --k) {
        if (const uint32_t row = upto(12) * 1'000'003; seen.insert(row).second) c.rows.push_back(row);
      }
      const bool scored = upto(3) != 0;
      for (size_t i = 0; scored && i < c.rows.size(); ++i)
        c.scores.push_back(i < 2 ? static_cast<float>(8 * i) : static_cast<float>(upto(8)));
      c.weight = static_cast<float>(upto(4)) / 2;
      c.ascending = scored && upto(2) == 0;
      c.low = upto(3);
      c.high = c.low + upto(4);
    }
    const uint32_t take = upto(15);
    ASSERT_EQ(merged(operators::quota(), channels, take), naive_quota(channels, take)) << round;
    ASSERT_EQ(merged(operators::best(), channels, take), naive_scored(channels, take, false)) << round;
    ASSERT_EQ(merged(operators::sum(), channels, take), naive_scored(channels, take, true)) << round;
  }
}

}  // namespace
}  // namespace rec::tests
