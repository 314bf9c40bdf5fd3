// Models behind `score`: what they read and fill, and what the page does without them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "runtime/engine/pool.h"
#include "runtime/engine/why.h"
#include "tests/engine/feed.h"
#include "tests/engine/gates.h"

namespace rec::tests {
namespace {

using operators::Model;
using operators::ModelCall;
using Done = std::expected<void, std::string>;

constexpr const char* kRecall = "recall { a = items take 6 }\n";

/// click: the author, 0 without one; stay: events handed over, all and like the candidate.
Done rank(const ModelCall& call) {
  const auto& author = call.inputs[0];
  for (size_t i = 0; i < call.candidates; ++i) {
    const bool known = author.present == nullptr || author.present[i] != 0;
    call.outputs[0][i] = known ? static_cast<float>(static_cast<const int64_t*>(author.data)[i]) : 0.0F;
    call.outputs[1][i] = static_cast<float>(10 * call.inputs[3].events->size + call.inputs[4].searched[i].size);
  }
  return call.strings.text(static_cast<const int32_t*>(call.inputs[1].data)[0]).empty()
             ? Done(std::unexpected("no kind"))
             : Done();
}

std::expected<operators::Candidates, std::string> by_length(const operators::SourceCall& call) {
  const auto vector = std::get<std::span<const float>>(call.arguments[1]);
  operators::Candidates out;
  for (uint32_t row = 0; row < vector.size(); ++row) out.rows.push_back(row);
  return out;
}

class Scores : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    operators::OperatorDef def = *feed().registry().source("nearest");
    def.name = "by_length";
    def.what = operators::SourceDef{.run = by_length, .index_algorithms = {"item_cf"}};
    feed().registry().add(std::move(def));
  }
  void TearDown() override {
    gate().open();
    while (pool_.counts().abandoned > 0) std::this_thread::yield();
    gate().shut();
  }

  std::shared_ptr<operators::Models> models(std::function<Done(const ModelCall&)> plain) {
    auto out = std::make_shared<operators::Models>();
    (*out)["rank"] = {.score = rank};
    (*out)["plain"] = {.score = std::move(plain)};
    (*out)["towers"] = {.score = {}, .user = [](auto) { return std::vector<float>{1, 2, 3}; }};
    return out;
  }
  static Done fails(const ModelCall&) { return std::unexpected("out of memory"); }
  static Done throws(const ModelCall&) { throw 7; }
  static Done hangs(const ModelCall&) { return gate().wait(), Done(); }
  static Done negated(const ModelCall& call) {
    for (size_t i = 0; i < call.candidates; ++i)
      call.outputs[0][i] = -static_cast<const float*>(call.inputs[0].data)[i];
    return {};
  }

  std::expected<engine::Page, engine::Error> run(const std::string& body, std::shared_ptr<operators::Models> models,
                                                 const std::string& header = "") {
    engine::Request request{.user = "1"};
    request.fields["floor"] = int64_t{1};
    request.trace = true;
    return engine::recommend(feed().pipeline(body, header), feed().generation_pointer(), request,
                             {&pool_, &feed().sources(), std::move(models)});
  }
  /// "10 20 | score p: timeout".
  std::string told(const std::string& body, std::shared_ptr<operators::Models> models, const std::string& header = "") {
    const auto page = run(body, std::move(models), header);
    if (!page) return page.error().message;
    std::string out = keys_of(*page);
    for (const auto& [what, reason] : page->degraded) out += " | " + what + ": " + reason;
    return out;
  }
  static void expect_words(const std::string& code, const engine::Error& error, const std::string& name) {
    const std::string path = std::string(REC_SOURCE_DIR) + "/tests/engine/goldens/" + name + ".expected";
    const std::string said = "error[" + code + "]: " + error.message + "\nhelp: " + error.help.at(0) + "\n";
    if (std::getenv("REC_UPDATE") != nullptr) std::ofstream(path) << said;
    std::ifstream golden(path);
    EXPECT_EQ(said, std::string((std::istreambuf_iterator<char>(golden)), std::istreambuf_iterator<char>()));
  }

  engine::Pool pool_{{.workers = 2, .abandoned = 4}};
};

TEST_F(Scores, AModelReadsTheCatalogsInputsAndFillsItsOutputs) {
  const auto page =
      run(std::string(kRecall) + "score p = rank\n top 6 by p.click\n emit p.click, p.stay", models(fails));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(keys_of(*page), "60 30 50 10 20 40");
  for (const auto& item : page->items) {  // likes: 20, an image, and 10, a video
    EXPECT_EQ(std::get<float>(item.values[1].value), 21.0F) << item.key;
  }
  EXPECT_EQ(told(std::string(kRecall) + "score p = rank(author: 100 - item.id)\n top 2 by p.click", models(fails)),
            "10 20");
}

TEST_F(Scores, AFailedModelLeavesThePresentOrderAndNoValues) {
  const std::string body =
      std::string(kRecall) +
      "score p = plain\n let twice = 2 * p\n sort by twice\n top 4 by p asc\n rerank greedy("
      "relevance: twice) take 3 { at most 1 in a row where (item.author ?? 0) == 1 }\n emit twice, item.f";
  EXPECT_EQ(told(body, models(fails)), "10 30 20 | score p: out of memory");
  EXPECT_EQ(told(body, models(throws)), "10 30 20 | score p: it threw something that is no std::exception");
  const auto page = run(body, models(fails));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->items[0].values[0].absent);
  EXPECT_FALSE(page->items[0].values[1].absent);
  EXPECT_EQ(page->trace->steps[1].degraded, "out of memory");
}

TEST_F(Scores, AFilterOnAFailedScoreIsTheOtherPageOrNone) {
  const std::string body = std::string(kRecall) + "score p = plain\n where p > 0";
  const auto none = run(body, models(fails));
  ASSERT_FALSE(none);
  expect_words("R8081", none.error(), "score_missing");
  EXPECT_EQ(told("deadline 60s else other\n" + body, models(fails),
                 "pipeline other(user: users, item: things) { recall { c = items take 2 } }\n"),
            "10 20 | score p: out of memory | deadline: the page is that of `other`");
}

TEST_F(Scores, TheDeadlineLeavesARunningModelBehindAndStartsNoOther) {
  EXPECT_EQ(told(std::string("deadline 100ms\n") + kRecall + "score p = plain\n score q = rank\n top 2 by p + q.click",
                 models(hangs)),
            "10 20 | score p: timeout | score q: not begun, the deadline had passed");
  EXPECT_EQ(pool_.counts().abandoned_ever, 1U);
}

TEST_F(Scores, SidesOfAWhenMeetInTheirCommonOutputs) {
  EXPECT_EQ(told(std::string(kRecall) +
                     "when request.floor == 1 { score p = rank } else { score p = rank(author: 1) }\n top 1 by p.click",
                 models(fails)),
            "60");
}

TEST_F(Scores, RowsThatComeInLaterAreScoredToo) {
  const auto page =
      run("recall { a = items where item.id > 20 take 6 }\n score p = rank\n top 2 by p.click\n where p.click > 2.5\n "
          "insert list([10]) at 1\n backfill to 3\n emit p.click",
          models(fails));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(keys_of(*page), "10 60");
  EXPECT_EQ(std::get<float>(page->items[0].values[0].value), 1.0F);
}

TEST_F(Scores, TheUsersVectorIsAQuery) {
  EXPECT_EQ(told("recall { a = by_length(cf, query: towers.user) take 5 }", models(fails)), "10 20 30");
  auto broken = models(fails);
  (*broken)["towers"].user = [](auto) { return std::expected<std::vector<float>, std::string>(std::unexpected("oh")); };
  EXPECT_EQ(told("recall { a = by_length(cf, query: towers.user) take 5 timeout 60s }", broken),
            " | channel a: model towers: oh");
}

TEST_F(Scores, WhatIsNotBuiltIsRefused) {
  const std::string body = std::string(kRecall) + "score p = plain";
  const auto page = run(body, nullptr);
  ASSERT_FALSE(page);
  auto error = page.error();
  const size_t path = error.message.find(" (/");
  ASSERT_NE(path, std::string::npos) << error.message;
  error.message.replace(path + 2, error.message.find("page.rec") - path - 2, "");
  expect_words("R8080", error, "not_built");
}

TEST_F(Scores, WhyTellsScores) {
  engine::Request request{.user = "1"};
  request.fields["floor"] = int64_t{1};
  const auto plan = feed().pipeline(std::string(kRecall) + "score p = plain\n top 2 by p");
  const auto told =
      engine::why(*plan, feed().generation(), request, "50", {.sources = &feed().sources(), .models = models(negated)});
  ASSERT_TRUE(told) << told.error().message;
  const std::string text = engine::why_text(*told);
  EXPECT_NE(text.find("p = -2.5"), std::string::npos) << text;
  const auto without =
      engine::why(*plan, feed().generation(), request, "50", {.sources = nullptr, .models = models(fails)});
  EXPECT_NE(engine::why_text(*without).find("p = missing"), std::string::npos) << engine::why_text(*without);
}

}  // namespace
}  // namespace rec::tests
