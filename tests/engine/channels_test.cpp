// Channels that fail, throw, hang or stand in for each other, and the deadline of the page.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "runtime/engine/pool.h"
#include "tests/engine/feed.h"
#include "tests/engine/gates.h"

namespace rec::tests {
namespace {

class DegradedChannels : public testing::Test {
 protected:
  static void SetUpTestSuite() { add_gated_sources(feed().registry()); }
  void TearDown() override {
    gate().open();  // lets abandoned workers end
    while (pool_.counts().abandoned > 0) std::this_thread::yield();
    gate().shut();
  }

  std::expected<engine::Page, engine::Error> run(const std::string& body, engine::Pool* pool, bool trace = false,
                                                 const std::string& header = "") {
    engine::Request request{.user = "1"};
    request.fields["floor"] = int64_t{1};
    request.trace = trace;
    return engine::recommend(feed().pipeline(body, header), feed().generation_pointer(), request,
                             {pool, &feed().sources()});
  }
  /// "10 20 | channel a: timeout".
  std::string told(const std::string& body, const std::string& header = "") {
    const auto page = run(body, &pool_, false, header);
    if (!page) return page.error().message;
    std::string out = keys_of(*page);
    for (const auto& [what, reason] : page->degraded) out += " | " + what + ": " + reason;
    return out;
  }

  engine::Pool pool_{{.workers = 2, .abandoned = 4}};
};

TEST_F(DegradedChannels, FailuresLeaveTheOthersAndAreNamed) {
  const std::string body =
      "recall { a = failing take 5\n b = throwing take 5\n c = throwing_number take 5\n d = rows take 2";
  const std::string all =
      "10 20 | channel a: no answer | channel b: it threw: oh | channel c: it threw something that is no "
      "std::exception";
  EXPECT_EQ(told(body + " }\n merge in_order"), all);
  EXPECT_EQ(told(body + " timeout 60s }\n merge in_order"), all) << "on the pool";
}

TEST_F(DegradedChannels, ALateChannelIsLeftBehindAndKeepsWhatItTouches) {
  const std::string body =
      "recall { a = stuck where item.kind == \"video\" take 5 timeout 100ms\n b = rows take 2 }\n merge in_order";
  EXPECT_EQ(told(body), "10 20 | channel a: timeout");
  EXPECT_EQ(pool_.counts().abandoned_ever, 1U);
}

TEST_F(DegradedChannels, ChannelsWhoseSourcesWaitRunSideBySide) {
  EXPECT_EQ(told("recall { a = meeting take 2\n b = rows take 1\n c = meeting take 3 }\n merge in_order"), "10 20 30");
}

TEST_F(DegradedChannels, TraceSaysWhatFailed) {
  const auto page = run("recall { a = stuck take 5 timeout 1ms\n b = rows take 2 }\n merge in_order", &pool_, true);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->trace->steps[0].channels[0].degraded, "timeout");
  EXPECT_EQ(page->trace->steps[0].channels[1].degraded, "");
}

TEST_F(DegradedChannels, AChannelStandsInCutToTheOthersTakeAndCountsAsBoth) {
  const auto page = run("recall { a = stuck take 2 timeout 1ms else b\n b = rows take 3 }\n merge in_order", &pool_);
  ASSERT_TRUE(page);
  EXPECT_EQ(keys_of(*page), "10 20 30");
  EXPECT_EQ(page->items[0].channels.size(), 2U);
  EXPECT_EQ(page->items[2].channels.size(), 1U);
  EXPECT_EQ(told("recall { a = failing take 2 else b\n b = failing take 5 else c\n c = rows take 3 }\n merge in_order"),
            "10 20 30 | channel a: no answer | channel b: no answer");
}

TEST_F(DegradedChannels, WhenFalseIsNoFailure) {
  EXPECT_EQ(told("recall { a = failing take 2 when 1 == 2 else b\n b = rows take 1 }\n merge in_order"), "10");
}

TEST_F(DegradedChannels, RequiredFailsTheRequestUnlessAnotherStandsIn) {
  EXPECT_EQ(told("recall { a = failing take 2 required\n b = rows take 1 }\n merge in_order"),
            "channel `a` failed, and it is `required`: no answer");
  EXPECT_EQ(told("recall { a = failing take 2 required else b\n b = rows take 1 }\n merge in_order"),
            "10 | channel a: no answer");
}

TEST_F(DegradedChannels, TheWordsOfARequiredFailure) {
  const auto page = run("recall { a = failing take 2 required }", &pool_);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, diagnostics::Code::required_channel_failed);
  std::ifstream golden(std::string(REC_SOURCE_DIR) + "/tests/engine/goldens/required_channel.expected");
  const std::string words((std::istreambuf_iterator<char>(golden)), std::istreambuf_iterator<char>());
  EXPECT_EQ("error[R8060]: " + page.error().message + "\nhelp: " + page.error().help.at(0) + "\n", words);
}

TEST_F(DegradedChannels, TheDeadlineCutsChannelsOff) {
  EXPECT_EQ(told("deadline 1ms\n recall { a = stuck take 2 }"), " | channel a: timeout");
  EXPECT_EQ(told("deadline 1ms else other\n recall { a = stuck take 2 }",
                 "pipeline other(user: users, item: things) { deadline 0ms recall { c = rows take 3 } }\n"),
            "10 20 30 | channel a: timeout | deadline: the page is that of `other`");
  EXPECT_EQ(told("deadline 60s else other\n recall { a = stuck take 2 timeout 1ms\n b = rows take 1 }\n merge in_order",
                 "pipeline other(user: users, item: things) { recall { c = rows take 3 } }\n"),
            "10 | channel a: timeout")
      << "the channel's own timeout is not the page's deadline";
}

TEST_F(DegradedChannels, WaterfallRunsTheNextOnlyWhileThereIsRoom) {
  EXPECT_EQ(told("recall { a = rows take 2\n b = failing take 2 }\n merge waterfall(take: 2)"), "10 20");
  EXPECT_EQ(told("recall { a = rows take 2\n b = failing take 2\n c = rows take 4 }\n merge waterfall(take: 3)"),
            "10 20 30 | channel b: no answer");
}

TEST_F(DegradedChannels, ThePoolChangesNoResult) {
  const std::string body =
      "let near = user.likes.count()\n recall { a = similar_items(cf, seeds: user.likes, per_seed: 5) where not (item "
      "in user.likes) and item.kind in [\"video\", \"image\"] take 5 timeout 60s\n b = items where user.likes.where(e "
      "=> e.item.kind == item.kind).count() > 0 by item.f take 4 }\n merge round_robin\n emit near, score_in(b)";
  const auto alone = run(body, nullptr), beside = run(body, &pool_);
  ASSERT_TRUE(alone);
  ASSERT_TRUE(beside);
  EXPECT_EQ(engine::page_json(*alone, true), engine::page_json(*beside, true));
  EXPECT_FALSE(alone->items.empty());
}

TEST(Pool, RefusesAtOnceWhenEveryWorkerIsStuckAndRecovers) {
  engine::Pool pool({.workers = 1, .abandoned = 1});
  const auto past = engine::Pool::Clock::now();
  for (int i = 1; i <= 2; ++i) {
    const auto task = pool.start([](std::stop_token) { gate().wait(); }, "stuck");
    gate().await(i);
    EXPECT_EQ(pool.wait(task, past), engine::Pool::Outcome::late);
  }
  EXPECT_EQ(pool.counts().threads, 2U);
  EXPECT_EQ(pool.wait(pool.start([](std::stop_token) {}, "quick"), {}), engine::Pool::Outcome::refused);
  gate().open();
  while (pool.counts().abandoned > 0) std::this_thread::yield();
  gate().shut();
  EXPECT_EQ(pool.wait(pool.start([](std::stop_token) {}, "quick"), {}), engine::Pool::Outcome::done);
}

TEST(Pool, AKindThatIsStuckLeavesTheOthersTheirWorkers) {
  engine::Pool pool({.workers = 1, .abandoned = 9, .of_a_kind = 2});
  const auto past = engine::Pool::Clock::now();
  for (int i = 1; i <= 2; ++i) {
    const auto task = pool.start([](std::stop_token) { gate().wait(); }, "stuck");
    gate().await(i);
    EXPECT_EQ(pool.wait(task, past), engine::Pool::Outcome::late);
  }
  EXPECT_EQ(pool.wait(pool.start([](std::stop_token) {}, "stuck"), {}), engine::Pool::Outcome::refused);
  EXPECT_EQ(pool.wait(pool.start([](std::stop_token) {}, "quick"), {}), engine::Pool::Outcome::done);
  gate().open();
  while (pool.counts().abandoned > 0) std::this_thread::yield();
  gate().shut();
  EXPECT_EQ(pool.wait(pool.start([](std::stop_token) {}, "stuck"), {}), engine::Pool::Outcome::done);
}

TEST(Pool, AStopTokenIsTold) {
  engine::Pool pool({.workers = 1, .abandoned = 0});
  Gate begun, told;
  const auto task = pool.start(
      [&](std::stop_token stop) {
        const std::stop_callback callback(stop, [&] { told.open(); });
        begun.open();
        told.wait();
      },
      "told");
  begun.wait();
  EXPECT_EQ(pool.wait(task, engine::Pool::Clock::now()), engine::Pool::Outcome::late);
  while (pool.counts().abandoned > 0) std::this_thread::yield();
}

TEST(Pool, TasksOfThePoolMayWaitForOthers) {
  engine::Pool pool({.workers = 1, .abandoned = 0});
  const auto outer = pool.start(
      [&](std::stop_token) {
        const auto inner = pool.start([](std::stop_token) {}, "quick");
        EXPECT_EQ(pool.wait(inner, {}), engine::Pool::Outcome::done);
      },
      "outer");
  EXPECT_EQ(pool.wait(outer, {}), engine::Pool::Outcome::done);
}

}  // namespace
}  // namespace rec::tests
