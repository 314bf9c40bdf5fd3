// Inserted rows, backfill, rows shown before, and pipelines as sources.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "operators/insert/places.h"
#include "runtime/engine/pool.h"
#include "tests/engine/feed.h"
#include "tests/engine/gates.h"

namespace rec::tests {
namespace {

const std::string kAll = "recall { all = items take 10 } ";
const std::string kHeader =
    "pipeline best(user: users, item: things) {\n"
    "  recall { all = items by item.f take 3 }\n  let double = item.f * 2\n"
    "  emit double, item.title as title, item.tags as tags, item.author as author\n}\n"
    "pipeline people(user: users, item: users) {\n"
    "  recall { all = items take 4 }\n  let place = if item.city == \"Hangzhou\" then 2 else none\n"
    "  emit item.city as title, place\n}\n";

engine::Page page_of(const std::string& body, engine::Request request = {.user = "1"}) {
  request.fields.try_emplace("floor", int64_t{1});
  auto page = engine::recommend(*feed().pipeline(body, kHeader), feed().generation(), request, &feed().sources());
  if (!page) throw std::runtime_error(page.error().message);
  return std::move(*page);
}
std::string keys(const std::string& body) {
  return keys_of(page_of(body));
}
/// "10 20 users:2": with the table where it is another one.
std::string told(const engine::Page& page) {
  std::string out;
  for (const auto& item : page.items)
    out += (out.empty() ? "" : " ") + (item.table == page.table ? "" : item.table + ":") + item.key +
           (item.inserted ? "*" : "");
  return out;
}

// ---- pipelines as sources ----

TEST(PipelineSources, BringTheirPageAndWhatItEmits) {
  const auto page = page_of(
      "recall { b = best\n a = items take 2 } merge in_order\n"
      "emit b.double as d, b.title ?? \"none\" as t, b.tags as tags, score_in(b) as s, position_in(b) as p");
  EXPECT_EQ(keys_of(page), "50 10 60 20");
  EXPECT_EQ(page.items[0].values[0].value, types::Value(5.0F));
  EXPECT_EQ(page.items[0].values[1].value, types::Value(std::string("Fifty")));
  EXPECT_EQ(page.items[0].values[2].value, types::Value(std::vector<std::string>{"c", "b"}));
  EXPECT_EQ(page.items[0].values[3].value, types::Value()) << "a pipeline has no score";
  EXPECT_EQ(page.items[0].values[4].value, types::Value(int64_t{1}));
  EXPECT_EQ(page.items[3].values[0].value, types::Value()) << "another channel brought it";
  EXPECT_EQ(page.items[3].values[1].value, types::Value(std::string("none")));
}

TEST(PipelineSources, AreFilteredOrderedAndCutLikeAnyChannel) {
  EXPECT_EQ(keys("eligible item.kind == \"video\"\n recall { b = best }"), "10 60");
  EXPECT_EQ(keys("recall { b = best by item.made take 2 }"), "60 50");
  const auto page = page_of("recall { b = best where item.title != \"Sixty\" by item.made asc take 2 } emit b.double");
  EXPECT_EQ(keys_of(page), "10 50");
  EXPECT_EQ(page.items[1].values[0].value, types::Value(5.0F)) << "values stay with their rows";
}

TEST(PipelineSources, OnThreadsBringTheSame) {
  engine::Pool pool({.workers = 2, .abandoned = 2});
  engine::Request request{.user = "1"};
  request.fields["floor"] = int64_t{1};
  const std::string body =
      "recall { b = best timeout 60s\n c = best where item.kind == \"video\" timeout 60s } merge in_order\n"
      "let t = b.title ?? \"-\" emit t, c.double as d";
  const auto beside = engine::recommend(feed().pipeline(body, kHeader), feed().generation_pointer(), request,
                                        {&pool, &feed().sources()});
  ASSERT_TRUE(beside);
  EXPECT_EQ(engine::page_json(*beside, true), engine::page_json(page_of(body), true));
}

TEST(PipelineSources, DegradeWithTheirOwnChannels) {
  add_gated_sources(feed().registry());
  const std::string header =
      "pipeline inner(user: users, item: things) { recall { a = failing take 2\n b = rows take 1 } merge in_order }\n"
      "pipeline broken(user: users, item: things) { recall { a = failing take 2 required } }\n";
  engine::Request request{.user = "1"};
  request.fields["floor"] = int64_t{1};
  const auto page =
      engine::recommend(*feed().pipeline("recall { i = inner\n o = broken else i } merge in_order", header),
                        feed().generation(), request, &feed().sources());
  ASSERT_TRUE(page);
  EXPECT_EQ(keys_of(*page), "10");
  ASSERT_EQ(page->degraded.size(), 2U);
  EXPECT_EQ(page->degraded[0].what, "channel i: channel a");
  EXPECT_EQ(page->degraded[1].what, "channel o");
}

// ---- insert ----

TEST(Insert, AtPositionsOfTheFinalList) {
  EXPECT_EQ(told(page_of(kAll + "where item.kind == \"video\" insert list([20, 50]) at 2, 4")), "10 20* 30 50* 40 60");
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([50, 60]) at 3, 9")), "10 20 50* 30") << "9 is past the end";
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([50]) at 4")), "10 20 30 50*");
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([50]) at 5")), "10 20 30");
}

TEST(Insert, RemovesTheOtherCopyBeforePositionsAreCounted) {
  EXPECT_EQ(told(page_of(kAll + "insert list([10]) at 3")), "20 30 10* 40 50 60");
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([10]) at 4")), "10 20 30") << "only three places without it";
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([10]) at 3")), "20 30 10*");
}

TEST(Insert, LaterOnesTakeTheNextFreePlaceAndEarlierOnesStay) {
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([50]) at 2 insert list([60]) at user.likes.count()")),
            "10 50* 60* 20 30");
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([50]) at 3 insert list([60]) at 1")), "60* 10 50* 20 30");
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([50, 60]) at 2 insert list([50]) at 1")), "10 50* 20 30")
      << "what is inserted already is not inserted again";
}

TEST(Insert, EveryMostApartAndWhen) {
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([40, 50, 60]) every 2 from 1")), "40* 10 50* 20 60* 30");
  EXPECT_EQ(told(page_of(kAll + "take 3 insert list([40, 50, 60]) every 2 from 1 most 2")), "40* 10 50* 20 30");
  EXPECT_EQ(told(page_of(kAll + "take 4 insert list([50, 60]) at 2, 3 apart 2")), "10 50* 20 30 60* 40");
  EXPECT_EQ(told(page_of(kAll + "take 4 insert list([50]) at 3 apart 1 insert list([60]) at 4")), "10 20 50* 30 60* 40")
      << "the earlier one's distance holds for the later one";
  EXPECT_EQ(told(page_of(kAll + "take 2 insert list([50]) when user.likes.count() > 2 at 1")), "10 20");
}

TEST(Insert, AtRandomIsDrawnByTheRequest) {
  const auto at = [&](const std::string& id) {
    const auto page = page_of(kAll + "take 5 insert list([60]) at random 2 .. 5", {.user = "1", .id = id});
    for (size_t i = 0; i < page.items.size(); ++i) {
      if (page.items[i].inserted) return i + 1;
    }
    return size_t{0};
  };
  std::set<size_t> seen;
  for (int i = 0; i < 40; ++i) {
    const size_t place = at(std::to_string(i));
    EXPECT_EQ(place, at(std::to_string(i)));
    seen.insert(place);
  }
  EXPECT_EQ(seen, (std::set<size_t>{2, 3, 4, 5}));
}

TEST(Insert, AtColumnTakesEachRowsOwnPosition) {
  // authors: 10 and 20 have 1, 30 and 50 have 2, 40 none, 60 has 3
  EXPECT_EQ(told(page_of("recall { all = list([10]) } insert list([20, 30, 40, 50, 60]) at column author")),
            "20* 30* 50* 60* 10");
  EXPECT_EQ(told(page_of(kAll + "take 2 insert people at column place emit item.title as title")), "10 users:2* 20");
}

TEST(Insert, OfAnotherTableHasWhatItEmits) {
  const auto page = page_of(kAll +
                            "take 2 insert people take 1 at 1 insert list([50]) at 2\n"
                            "emit item.title as title, item.f as f, user.city as city");
  EXPECT_EQ(told(page), "users:1* 50* 10 20");
  EXPECT_EQ(page.items[0].values[0].value, types::Value(std::string("Xi'an")));
  EXPECT_TRUE(page.items[0].values[1].absent);
  EXPECT_EQ(page.items[0].values[2].value, types::Value(std::string("Xi'an")));
  EXPECT_EQ(page.items[1].values[0].value, types::Value(std::string("Fifty")));
  const std::string json = engine::page_json(page, false);
  EXPECT_NE(json.find(R"({"key": "1", "table": "users", "position": 1, "channels": {}, "inserted": true, )"
                      R"("values": {"title": "Xi'an", "city": "Xi'an"}})"),
            std::string::npos)
      << json;
}

TEST(Insert, ComputesColumnsForWhatComesInAndBarriersKeepTheirValues) {
  const auto page = page_of(kAll +
                            "take 3 let high = item.made == largest(item.made) let r = rank(item.made)\n"
                            "insert list([60]) at 1 let more = r + 1 emit r, high, more, from(all) as there");
  EXPECT_EQ(told(page), "60* 10 20 30");
  EXPECT_EQ(page.items[0].values[0].value, types::Value(int64_t{1})) << "larger than all three";
  EXPECT_EQ(page.items[0].values[1].value, types::Value(false)) << "the largest of the three is another";
  EXPECT_EQ(page.items[0].values[2].value, types::Value(int64_t{2}));
  EXPECT_EQ(page.items[0].values[3].value, types::Value(false));
  EXPECT_EQ(page.items[1].values[0].value, types::Value(int64_t{3}));
}

TEST(Insert, EligibleHoldsForSourcesOfTheSameTable) {
  EXPECT_EQ(told(page_of("eligible item.kind == \"video\"\n" + kAll + "take 1 insert list([20, 30]) at 1")), "30* 10");
  EXPECT_EQ(told(page_of("eligible item.kind == \"video\"\n" + kAll + "take 1 insert people take 1 at 1")),
            "users:1* 10");
  EXPECT_EQ(told(page_of("let least = 2.0\n" + kAll + "take 1 insert items where item.f > least at 1")), "50* 10");
}

TEST(Insert, LaterRulesDoNotLookAtInsertedItems) {
  EXPECT_EQ(told(page_of(kAll + "insert list([10]) at 1 rerank greedy(relevance: item.f) take 6 {\n"
                                " must at most 1 in first 6 where (item.author ?? 0) == 1 }")),
            "50 10* 60 30 40 20")
      << "20 alone is counted, and as the one it may stand";
}

TEST(Insert, ASourceThatFailsIsDegraded) {
  add_gated_sources(feed().registry());
  const auto page = page_of(kAll + "take 1 insert failing at 1");
  EXPECT_EQ(told(page), "10");
  ASSERT_EQ(page.degraded.size(), 1U);
  EXPECT_EQ(page.degraded[0].what, "insert failing");
}

TEST(Insert, PlacesByBruteForce) {
  // Every position in turn from the wanted one, until it is free and far enough from all.
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    uint64_t state = seed * 0x9E3779B97F4A7C15ULL;
    const auto draw = [&](int64_t below) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      return static_cast<int64_t>((state >> 33) % static_cast<uint64_t>(below));
    };
    const int64_t apart = draw(4);
    std::vector<operators::StandingPlace> standing;
    for (int64_t p = 1; p < 20; ++p) {
      if (draw(5) == 0) standing.push_back({p, draw(3)});
    }
    std::vector<int64_t> wanted;
    for (int i = 0; i < 5; ++i) wanted.push_back(1 + draw(20));
    std::vector<operators::StandingPlace> taken = standing;
    std::vector<int64_t> expected;
    for (int64_t position : wanted) {
      const auto free = [&](int64_t p) {
        return std::ranges::all_of(
            taken, [&](const auto& other) { return std::abs(p - other.position) > std::max(apart, other.apart); });
      };
      while (!free(position)) ++position;
      taken.push_back({position, apart});
      expected.push_back(position);
    }
    EXPECT_EQ(operators::assign_places(wanted, standing, apart), expected) << "seed " << seed;
  }
}

// ---- backfill ----

TEST(Backfill, AppendsWhatTheLastCutLeftOutInItsOrder) {
  EXPECT_EQ(keys(kAll + "top 2 by item.made where item.f > 1.0 backfill to 3"), "50");
  EXPECT_EQ(keys(kAll + "top 2 by item.made where item.f < 1.0 backfill to 3"), "60 40 30");
  EXPECT_EQ(keys(kAll + "take 2 backfill to 4"), "10 20 30 40");
  EXPECT_EQ(keys(kAll + "take 1 per item.kind backfill to 4"), "10 20 30 40");
  EXPECT_EQ(keys(kAll + "take 4 where item.kind == \"video\" backfill to 2"), "10 30 40") << "long enough already";
  EXPECT_EQ(keys(kAll + "take 4 sort by item.made take 3 backfill to 9"), "40 30 20 10")
      << "the last cut, not the first";
}

TEST(Backfill, ColumnsBetweenAreComputedAndBarriersKeepTheirValues) {
  const auto page =
      page_of(kAll + "take 2 let r = rank(item.made) where r > 1 let twice = item.f * 2 backfill to 3 emit r, twice");
  EXPECT_EQ(keys_of(page), "10") << "later things rank first among the two, so none passes";
  const auto other =
      page_of(kAll +
              "take 3 let r = rank(-(item.made - time(\"2026-01-01\")).days) where item.made > time(\"2026-10-02\") "
              "let twice = item.f * 2 backfill to 3 emit r, twice");
  EXPECT_EQ(keys_of(other), "30 40 50");
  EXPECT_EQ(other.items[0].values[0].value, types::Value(int64_t{3}));
  EXPECT_EQ(other.items[2].values[0].value, types::Value(int64_t{4})) << "behind the three that were there";
  EXPECT_EQ(other.items[2].values[1].value, types::Value(5.0F));
}

TEST(Backfill, KeepsTheRulesOfThePage) {
  const std::string rules = "{ must at most 1 in a row where item.kind == \"video\" }";
  EXPECT_EQ(keys(kAll + "rerank greedy(relevance: item.f) take 2 " + rules + " backfill to 6"), "50 10 20 60")
      << "no two videos in a row, so the page ends there";
  EXPECT_EQ(
      keys(kAll + "rerank greedy(relevance: item.f) take 1 { at most 1 in first 3 by item.author } backfill to 4"),
      "50 10 60 30");
}

TEST(Backfill, InsertedItemsCountForTheLengthOnly) {
  EXPECT_EQ(told(page_of(kAll + "take 2 insert list([30]) at 1 backfill to 4")), "30* 10 20 40");
}

// ---- rerank after ----

TEST(RerankAfter, ShownRowsCountAsPlaced) {
  const std::string rule = " { must at most 1 in a row where item.kind == \"video\" }";
  EXPECT_EQ(keys(kAll + "where item.f > 0.4 rerank greedy(relevance: item.f) take 3" + rule), "50 10");
  EXPECT_EQ(keys(kAll + "where item.kind == \"video\" rerank greedy(relevance: item.f) take 3 after [20, 10]" + rule),
            "")
      << "a video was the last on the page before";
  EXPECT_EQ(keys(kAll + "where item.kind == \"video\" rerank greedy(relevance: item.f) take 3 after [10, 20]" + rule),
            "10");
  EXPECT_EQ(keys(kAll + "where item.f > 0.4 rerank greedy(relevance: item.f) take 3 after [10] "
                        "{ must at most 1 in first 2 where item.kind == \"video\" }"),
            "50 10 60")
      << "`in first` counts this page only";
}

TEST(RerankAfter, ShownRowsHaveColumnsAndRepeatNothing) {
  EXPECT_EQ(keys(kAll + "where item.f > 0.4 let who = item.author ?? 0 rerank mmr(relevance: item.f, similarity: "
                        "same(who), theta: 0.1) take 1 after [30, 30]"),
            "10")
      << "50 is by the author of 30";
}

}  // namespace
}  // namespace rec::tests
