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

}  // namespace
}  // namespace rec::tests
