// Recall from an item-to-item index: brute force and golden vectors.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "operators/recall/neighbours.h"
#include "tests/operators/golden.h"

namespace rec::tests {
namespace {

using operators::ScoredRow;

/// An index that owns its lists.
struct OwnedIndex {
  explicit OwnedIndex(const std::vector<std::vector<std::pair<uint32_t, float>>>& lists) {
    offsets.push_back(0);
    for (const auto& list : lists) {
      for (const auto& [row, similarity] : list) {
        neighbour.push_back(row);
        similarities.push_back(similarity);
      }
      offsets.push_back(neighbour.size());
    }
    view.items = static_cast<uint32_t>(lists.size());
    view.offsets = offsets.data();
    view.neighbour = neighbour.data();
    view.similarity = similarities.data();
  }
  OwnedIndex(const OwnedIndex&) = delete;

  std::vector<uint64_t> offsets;
  std::vector<uint32_t> neighbour;
  std::vector<float> similarities;
  store::NeighbourIndex view;
};

std::vector<std::pair<uint32_t, float>> best_first(std::vector<ScoredRow> scored) {
  std::sort(scored.begin(), scored.end(), operators::comes_before);
  std::vector<std::pair<uint32_t, float>> out;
  for (const ScoredRow& s : scored) out.emplace_back(s.row, s.score);
  return out;
}

TEST(Neighbours, SumOverDistinctSeedsWithTheNewestWeight) {
  const OwnedIndex index({{{1, 0.5F}, {2, 0.25F}}, {{0, 0.5F}, {2, 0.5F}}, {}, {}});
  const std::vector<uint32_t> seeds{0, 1, 0};
  const std::vector<float> weights{2, 1, 100};
  // 2 gets 2·0.25 + 1·0.5; seeds 0 and 1 are left out; the second event of 0 does not count.
  EXPECT_EQ(best_first(operators::score_neighbours(index.view, {.rows = seeds, .weights = weights}, 10)),
            (std::vector<std::pair<uint32_t, float>>{{2, 1.0F}}));
}

TEST(Neighbours, SeedsAreRemovedAfterTheCutOfEachList) {
  const OwnedIndex index({{{1, 0.9F}, {2, 0.8F}, {3, 0.7F}}, {}, {}, {}});
  const std::vector<uint32_t> seeds{0, 1};
  EXPECT_EQ(best_first(operators::score_neighbours(index.view, {.rows = seeds, .weights = {}}, 2)),
            (std::vector<std::pair<uint32_t, float>>{{2, 0.8F}}));
}

TEST(Neighbours, TiesGoToTheLowerRowAndNanComesLast) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto sorted = best_first({{4, nan}, {7, 1}, {3, 1}, {2, nan}, {9, 2}});
  std::vector<uint32_t> rows;
  for (const auto& [row, score] : sorted) rows.push_back(row);
  EXPECT_EQ(rows, (std::vector<uint32_t>{9, 3, 7, 2, 4}));
}

TEST(Neighbours, AgreeWithBruteForce) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto items = static_cast<uint32_t>(2 + random() % 40);
    std::vector<std::vector<std::pair<uint32_t, float>>> lists(items);
    for (auto& list : lists) {
      std::set<uint32_t> distinct;
      for (size_t k = random() % 8; k > 0; --k) distinct.insert(static_cast<uint32_t>(random() % items));
      for (const uint32_t row : distinct) list.emplace_back(row, static_cast<float>(random() % 1000) / 1000);
      std::ranges::sort(list, [](const auto& a, const auto& b) {
        return std::pair(-a.second, a.first) < std::pair(-b.second, b.first);
      });
    }
    std::vector<uint32_t> seeds(random() % 30);
    for (uint32_t& seed : seeds) seed = static_cast<uint32_t>(random() % items);
    std::vector<float> weights;
    for (size_t i = 0; i < seeds.size(); ++i) weights.push_back(static_cast<float>(random() % 100) / 10);
    const size_t per_seed = 1 + random() % 6;

    std::map<uint32_t, double> expected;
    std::set<uint32_t> seen;
    for (size_t i = 0; i < seeds.size(); ++i) {
      if (!seen.insert(seeds[i]).second) continue;
      for (size_t k = 0; k < std::min(per_seed, lists[seeds[i]].size()); ++k) {
        expected[lists[seeds[i]][k].first] += double{weights[i]} * double{lists[seeds[i]][k].second};
      }
    }
    std::erase_if(expected, [&](const auto& entry) { return seen.contains(entry.first); });
    const OwnedIndex index(lists);
    std::map<uint32_t, double> found;
    for (const ScoredRow& s : operators::score_neighbours(index.view, {.rows = seeds, .weights = weights}, per_seed)) {
      found[s.row] = double{s.score};
      EXPECT_EQ(s.score, static_cast<float>(expected[s.row]));
    }
    ASSERT_EQ(found.size(), expected.size()) << round;
  }
}

TEST(Neighbours, AgreeWithTheGoldenRecommendations) {
  const auto file = golden("itemcf.json");
  if (!file) GTEST_SKIP() << "no golden vectors here";
  for (const auto& c : (*file)["cases"]) {
    const auto& wanted = c["recommend"];
    for (const auto& [form, expected] : wanted["by"].items()) {
      std::vector<std::vector<std::pair<uint32_t, float>>> lists(c["n_items"].get<size_t>());
      for (const auto& [pair, sim] : c["sim"][form].items()) {
        const auto comma = pair.find(',');
        const auto a = static_cast<uint32_t>(std::stoul(pair.substr(0, comma)));
        const auto b = static_cast<uint32_t>(std::stoul(pair.substr(comma + 1)));
        lists[a].emplace_back(b, sim.get<float>());
        lists[b].emplace_back(a, sim.get<float>());
      }
      for (auto& list : lists) {
        std::ranges::sort(list, [](const auto& x, const auto& y) {
          return std::pair(-x.second, x.first) < std::pair(-y.second, y.first);
        });
      }
      std::vector<uint32_t> seeds;
      std::vector<float> weights;
      for (const auto& interaction : c["interactions"]) {
        if (interaction[0] != wanted["user"]) continue;
        seeds.push_back(interaction[1]);
        weights.push_back(interaction[2]);
      }
      const OwnedIndex index(lists);
      auto found = best_first(operators::score_neighbours(index.view, {.rows = seeds, .weights = weights},
                                                          wanted["topk_neighbors"].get<size_t>()));
      found.resize(std::min(found.size(), wanted["topn"].get<size_t>()));
      ASSERT_EQ(found.size(), expected.size()) << form;
      for (size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].first, expected[i][0].get<uint32_t>()) << form;
        EXPECT_NEAR(double{found[i].second}, expected[i][1].get<double>(), 1e-5) << form;
      }
    }
  }
}

}  // namespace
}  // namespace rec::tests
