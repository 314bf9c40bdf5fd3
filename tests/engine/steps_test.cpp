// Steps: orderings, cuts, channels, merging, reranking, as pages.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/engine/feed.h"

namespace rec::tests {
namespace {

const std::string kAll = "recall { all = items take 10 } ";

TEST(Orderings, AreStableNanLastAndMinusZeroTiesWithZero) {
  EXPECT_EQ(feed().keys(kAll), "10 20 30 40 50 60");
  EXPECT_EQ(feed().keys(kAll + "sort by item.f"), "50 10 60 30 40 20");
  EXPECT_EQ(feed().keys(kAll + "sort by item.f asc"), "30 40 10 60 50 20");
  EXPECT_EQ(feed().keys(kAll + "sort by item.made"), "60 50 40 30 20 10");
  EXPECT_EQ(feed().keys(kAll + "sort by item.made top 3 by item.f"), "50 60 10");
}

TEST(Orderings, CountsBelowZeroAreNone) {
  EXPECT_EQ(feed().keys(kAll + "top 0 by item.f"), "");
  EXPECT_EQ(feed().keys(kAll + "take (user.likes.count() - 5)"), "");
  EXPECT_EQ(feed().keys(kAll + "top 100 by item.f"), "50 10 60 30 40 20");
}

TEST(Orderings, CountNan) {
  const auto page = feed().page(kAll + "sort by item.f", {.user = "1", .trace = true});
  EXPECT_EQ(page.trace->steps.back().nan, 1U);
}

// Barriers: over f = .5 nan -0 0 2.5 .5 of the six things.

TEST(Barriers, RankIsOneForTheLargestAndTiesShareTheSmallest) {
  const auto page = feed().page(kAll + "emit rank(item.f) as r, rank(item.made) as m, rank(-item.f) as n");
  const auto column = [&](size_t v) {
    std::string out;
    for (const auto& item : page.items) out += std::to_string(std::get<int64_t>(item.values[v].value)) + " ";
    return out;
  };
  EXPECT_EQ(column(0), "2 6 4 4 1 2 ");
  EXPECT_EQ(column(1), "6 5 4 3 2 1 ");
  EXPECT_EQ(column(2), "3 6 1 1 5 3 ");
}

TEST(Barriers, LookAtThoseWhoArePresentBeforeTheirStep) {
  EXPECT_EQ(feed().keys(kAll + "where item.f >= mean(item.f)"), "50");  // mean .7 of the five that are numbers
  EXPECT_EQ(feed().keys(kAll + "where not is_nan(item.f) where minmax(item.f) <= 0.2"), "10 30 40 60");
  EXPECT_EQ(feed().keys(kAll + "take 4 let all = count() where rank(item.f) <= 2 and all == 4"), "10 30 40");
  EXPECT_EQ(feed().keys(kAll + "top 2 by zscore(item.f)"), "50 10");
  EXPECT_EQ(feed().keys(kAll + "where item.f == largest(item.f) or item.f == smallest(item.f)"), "30 40 50");
}

TEST(Barriers, OfEqualValuesAndOfNothing) {
  const auto page =
      feed().page(kAll + "where item.f == 0.5 emit minmax(item.f) as m, zscore(item.f) as z, total(item.f) as t");
  ASSERT_EQ(keys_of(page), "10 60");
  EXPECT_EQ(std::get<float>(page.items[0].values[0].value), 0.5F);
  EXPECT_EQ(std::get<float>(page.items[0].values[1].value), 0.0F);
  EXPECT_EQ(std::get<float>(page.items[0].values[2].value), 1.0F);
  EXPECT_EQ(feed().keys(kAll + "where item.f > 99.0 top 3 by rank(item.f)"), "");
  const auto nan = feed().page(kAll + "where is_nan(item.f) emit mean(item.f) as m, largest(item.f) as l");
  EXPECT_TRUE(std::isnan(std::get<float>(nan.items[0].values[0].value)));
  EXPECT_TRUE(std::isnan(std::get<float>(nan.items[0].values[1].value)));
}

TEST(Barriers, StandInFunctionsAndInOneAnother) {
  const auto plan =
      feed().pipeline(kAll + "where not is_nan(item.f) top 2 by place(item.f) emit rank(rank(item.f)) as r",
                      "fn place(x: float) = 1.0 / float(rank(x)) + 0.0 * minmax(x)\n");
  ASSERT_NE(plan, nullptr);
  engine::Request request{.user = "1"};
  request.fields["floor"] = int64_t{0};
  const auto page = engine::recommend(*plan, feed().generation(), request);
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(keys_of(*page), "50 10");
  EXPECT_EQ(std::get<int64_t>(page->items[0].values[0].value), 2);  // rank 1 is smaller than rank 2
}

// ---- when ----

TEST(When, RunsTheFirstSideThatHolds) {
  const std::string sides =
      kAll + "when user.city == \"Beijing\" { take 1 } else when user.city == \"Xi'an\" { take 2 } else { take 3 }";
  EXPECT_EQ(feed().keys(sides), "10 20");
  EXPECT_EQ(feed().keys(sides, {.user = "2"}), "10 20 30");
  EXPECT_EQ(feed().keys(sides, {.user = "3"}), "10");
}

TEST(When, NamesOfAllSidesMeet) {
  const std::string body =
      "let home = user.city == \"Beijing\" " + kAll +
      "when home { let v = item.author let w = 2 } else { let v = item.f let w = user.likes.count() }"
      " where is_nan(v ?? 0.0) == false emit v, w";
  const auto away = feed().page(body);
  ASSERT_EQ(keys_of(away), "10 30 40 50 60");
  EXPECT_EQ(std::get<float>(away.items[3].values[0].value), 2.5F);
  EXPECT_EQ(std::get<int64_t>(away.items[3].values[1].value), 2);  // user 1 liked two
  const auto home = feed().page(body, {.user = "3"});
  ASSERT_EQ(keys_of(home), "10 20 30 40 50 60");
  EXPECT_EQ(std::get<float>(home.items[2].values[0].value), 2.0F);  // an int that met a float
  EXPECT_TRUE(std::holds_alternative<std::monostate>(home.items[3].values[0].value));
}

TEST(When, TraceSaysWhichSideRan) {
  const auto page = feed().page(kAll + "when user.city == \"x\" { take 1 } else { take 2 sort by item.f }",
                                {.user = "1", .trace = true});
  const auto& steps = page.trace->steps;
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[1].step, "when");
  EXPECT_EQ(steps[1].text, "else");
  EXPECT_EQ(steps[2].step, "take");
  EXPECT_EQ(steps[2].out, 2U);
}

// ---- sample ----

TEST(Sample, IsTheSameForOneRequestAndDiffersBetweenRequests) {
  const std::string body = kAll + "sample 6 by 1.0";
  std::set<std::string> orders;
  for (int i = 0; i < 40; ++i) {
    const std::string id = "r" + std::to_string(i);
    const std::string keys = feed().keys(body, {.user = "1", .id = id});
    EXPECT_EQ(keys, feed().keys(body, {.user = "1", .id = id}));
    orders.insert(keys);
  }
  EXPECT_GT(orders.size(), 35U);
}

TEST(Sample, DrawsInProportionToTheWeights) {
  // Weights 1 and 3: the second comes first three times out of four; the deviation over 4,000 draws is .007.
  const std::string body = "recall { l = list([10, 50]) } sample 1 by if item.f > 1.0 then 3.0 else 1.0";
  const std::string cold = body + " temperature 0.5";  // weights 1 and 9
  int heavy = 0, colder = 0;
  for (int i = 0; i < 4000; ++i) {
    const engine::Request request{.user = "1", .id = "draw " + std::to_string(i)};
    heavy += feed().keys(body, request) == "50" ? 1 : 0;
    colder += feed().keys(cold, request) == "50" ? 1 : 0;
  }
  EXPECT_NEAR(heavy / 4000.0, 0.75, 0.028);
  EXPECT_NEAR(colder / 4000.0, 0.9, 0.02);
}

TEST(Sample, WhatHasNoWeightComesLast) {
  // f = .5 nan -0 0 2.5 .5: only 10, 50 and 60 can be drawn.
  for (int i = 0; i < 20; ++i) {
    const std::string keys = feed().keys(kAll + "sample 10 by item.f", {.user = "1", .id = std::to_string(i)});
    EXPECT_EQ(keys.substr(9), "20 30 40") << keys;
  }
  EXPECT_EQ(feed().keys(kAll + "where item.f == 0.0 sample 1 by item.f"), "30");
}

TEST(Take, PerValueKeepsTheFirstOfEach) {
  EXPECT_EQ(feed().keys(kAll + "take 1 per item.kind"), "10 20");
  EXPECT_EQ(feed().keys(kAll + "sort by item.made take 2 per item.kind"), "60 50 40 20");
}

TEST(Channels, ApplyTheirConditionsBeforeTheirTake) {
  EXPECT_EQ(feed().keys("recall { v = items where item.kind == \"video\" take 3 }"), "10 30 40");
  EXPECT_EQ(feed().keys("eligible item not in user.likes recall { v = items take 2 }"), "30 40");
  EXPECT_EQ(feed().keys("recall { v = items where item.kind == \"video\" by item.made take 2 }"), "60 40");
  EXPECT_EQ(feed().keys("recall { v = items by item.f asc take 3 }"), "30 40 10");
}

TEST(Channels, ListNamesItemsInItsOrderOnce) {
  EXPECT_EQ(feed().keys("recall { l = list([50, 10, 99, 50, 30]) }"), "50 10 30");
  EXPECT_EQ(feed().keys("recall { l = list([50, 10, 30]) where item.kind == \"video\" take 1 }"), "10");
}

TEST(Channels, SimilarItemsLeaveOutTheSeeds) {
  // cos(10, 30) = cos(10, 50)/... : 10 is liked by 1 and 3, 20 by 1 and 4, 30 by 3, 50 by 3 and 4.
  const auto page = feed().page("recall { s = similar_items(cf, seeds: user.likes.last(10), per_seed: 10) take 10 }");
  ASSERT_EQ(keys_of(page), "50 30");
  EXPECT_NEAR(double{*page.items[0].channels[0].score}, 0.5 + 0.5, 1e-6);
  EXPECT_NEAR(double{*page.items[1].channels[0].score}, 1 / std::sqrt(2.0), 1e-6);
  EXPECT_EQ(
      feed().keys("recall { s = similar_items(cf, seeds: user.likes.last(10), per_seed: 10) take 10 }", {.user = "2"}),
      "");
}

TEST(Channels, WeightsOfSeedsCount) {
  const std::string body =
      "recall { s = similar_items(cf, seeds: user.likes.last(10), per_seed: 10, weight: e => if e.item.kind == "
      "\"video\" then 4.0 "
      "else 0.0) take 10 }";
  const auto page = feed().page(body);
  ASSERT_EQ(keys_of(page), "30 50");  // seed 10 alone, four times
  EXPECT_NEAR(double{*page.items[0].channels[0].score}, 4 / std::sqrt(2.0), 1e-5);
}

TEST(Merge, KeepsWhereEveryChannelHadAnItem) {
  const auto page = feed().page(
      "recall {\n a = list([30, 10])\n b = items by item.f take 2\n c = items by item.made take 1 }\n"
      "merge round_robin(a: 2)\n"
      "emit channels() as n, position_in(b) as pb, score_in(b) as sb, score_in(c) as sc, from(c) as fc");
  EXPECT_EQ(keys_of(page), "30 10 50 60");
  EXPECT_EQ(page.items[1].channels.size(), 2U);
  EXPECT_EQ(page.items[1].channels[1].channel, "b");
  EXPECT_EQ(page.items[1].channels[1].position, 2U);
  EXPECT_EQ(page.items[1].channels[1].score, 0.5F);
  EXPECT_FALSE(page.items[0].channels[0].score.has_value());
  const auto& values = page.items[1].values;
  EXPECT_EQ(values[0].value, types::Value(int64_t{2}));
  EXPECT_EQ(values[1].value, types::Value(int64_t{2}));
  EXPECT_EQ(values[2].value, types::Value(0.5F));
  // c orders by a time: it has no score, but a position.
  EXPECT_EQ(page.items[3].values[3].value, types::Value());
  EXPECT_EQ(page.items[3].values[4].value, types::Value(true));
}

TEST(Merge, InOrderCutsAtItsTake) {
  EXPECT_EQ(feed().keys("recall { a = list([30, 10]) b = items take 5 } merge in_order(take: 4)"), "30 10 20 40");
}

TEST(Rerank, KeepsItsRulesAndSaysWhatItRelaxed) {
  const auto page = feed().page(kAll +
                                    "rerank greedy(relevance: item.f) take 6 {\n"
                                    "at most 1 in a row by item.kind\n"
                                    "}",
                                {.user = "1", .trace = true});
  // video and image take turns until the images are used up: 50i 10v 20i 60v, then nobody else than videos.
  EXPECT_EQ(keys_of(page), "50 10 20 60 30 40");
  ASSERT_EQ(page.trace->steps.back().relaxed.size(), 1U);
  EXPECT_EQ(page.trace->steps.back().relaxed[0].positions, (std::vector<uint32_t>{5, 6}));
}

TEST(Rerank, MmrMovesAwayFromWhatIsShown) {
  EXPECT_EQ(
      feed().keys(
          kAll +
          "rerank mmr(relevance: 1.0, similarity: same(item.kind) + 0.5 * jaccard(item.tags), theta: 0.5) take 3"),
      "10 50 30");  // the other kind with the fewest common tags, then the video without tags
  EXPECT_EQ(feed().keys(kAll + "rerank mmr(relevance: item.f, similarity: same(item.kind), theta: 1.0) take 6"),
            "50 10 60 30 40 20");
}

TEST(Rerank, MustRulesEndThePage) {
  EXPECT_EQ(
      feed().keys(kAll +
                  "rerank greedy(relevance: item.f) take 6 { must at most 2 in first 6 where item.kind == \"video\" }"),
      "50 10 60 20");
}

TEST(Where, DropsAreCounted) {
  const auto page = feed().page(kAll + "where item.kind == \"video\"", {.user = "1", .trace = true});
  EXPECT_EQ(keys_of(page), "10 30 40 60");
  const auto& step = page.trace->steps.back();
  EXPECT_EQ(step.step, "where");
  EXPECT_EQ(step.in, 6U);
  EXPECT_EQ(step.out, 4U);
  ASSERT_EQ(step.drops.size(), 1U);
  EXPECT_EQ(step.drops[0].second, 2U);
}

}  // namespace
}  // namespace rec::tests
