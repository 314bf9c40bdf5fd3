// What passes do where models stand in the way, and what traces tell of plans that passes have changed.
#include <gtest/gtest.h>

#include "runtime/engine/why.h"
#include "tests/engine/feed.h"

namespace rec::tests {
namespace {

using operators::ModelCall;
using Done = std::expected<void, std::string>;

/// Models that count their calls and the candidates they saw.
struct Counted {
  size_t calls = 0, candidates = 0;
  std::shared_ptr<operators::Models> models = std::make_shared<operators::Models>();
  bool fails = false;

  Counted() {
    for (const char* name : {"plain", "ours"})
      (*models)[name] = {.score = [this](const ModelCall& call) { return score(call); }};
  }
  Done score(const ModelCall& call) {
    ++calls;
    candidates = call.candidates;
    for (size_t i = 0; i < call.candidates; ++i)
      call.outputs[0][i] = -static_cast<const float*>(call.inputs[0].data)[i];
    return fails ? Done(std::unexpected("out of memory")) : Done();
  }
};

engine::Request request(bool trace = false) {
  engine::Request out{.user = "1", .trace = trace};
  out.fields["floor"] = int64_t{1};
  return out;
}

engine::Page run(const std::string& body, const Counted& counted, bool trace = false) {
  auto page = engine::recommend(feed().pipeline(body), feed().generation_pointer(), request(trace),
                                {.sources = &feed().sources(), .models = counted.models});
  if (!page) throw std::runtime_error(page.error().message);
  return std::move(*page);
}

constexpr const char* kRecall = "recall { a = items take 6 }\n";

TEST(PassesAndModels, AFilterRunsBeforeAModelThatValuesEachAlone) {
  Counted counted;
  const std::string end = "\n where item.kind == \"image\"\n top 3 by p\n emit p";
  EXPECT_EQ(keys_of(run(std::string(kRecall) + "score p = ours" + end, counted)), "50 20");
  EXPECT_EQ(counted.candidates, 2U);
  EXPECT_EQ(keys_of(run(std::string(kRecall) + "score p = plain" + end, counted)), "50 20");
  EXPECT_EQ(counted.candidates, 6U) << "a model from a file may look at all candidates";
}

TEST(PassesAndModels, AModelThatNobodyReadsDoesNotRunAndMustBeThere) {
  Counted counted;
  counted.fails = true;
  const std::string body = std::string(kRecall) + "score p = plain\n take 2";
  const auto page = run(body, counted);
  EXPECT_EQ(keys_of(page), "10 20");
  EXPECT_EQ(counted.calls, 0U);
  EXPECT_TRUE(page.degraded.empty());
  const auto refused = engine::recommend(*feed().pipeline(body), feed().generation(), request());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, diagnostics::Code::not_built);
}

TEST(PassesAndModels, DegradedPagesStayAsTheyAre) {
  Counted counted;
  counted.fails = true;
  const std::string body =
      std::string(kRecall) +
      "score p = ours\n let twice = 2 * p\n sort by twice\n take 5\n where item.kind == \"video\"\n "
      "let again = 2 * p\n emit twice, again, item.f";
  const auto plan = feed().pipeline(body);
  ASSERT_NE(plan->written, nullptr);
  const auto run_plan = [&](const graph::Plan& which) {
    return engine::recommend(std::make_shared<const graph::Plan>(which), feed().generation_pointer(), request(),
                             {.sources = &feed().sources(), .models = counted.models});
  };
  const auto passed = run_plan(*plan), written = run_plan(*plan->written);
  ASSERT_TRUE(passed && written);
  EXPECT_EQ(keys_of(*passed), "10 30 40");
  EXPECT_EQ(keys_of(*written), "10 30 40");
  for (const auto* page : {&*passed, &*written}) {
    ASSERT_EQ(page->degraded.size(), 1U);
    EXPECT_EQ(page->degraded[0].what, "score p");
    EXPECT_TRUE(page->items[0].values[0].absent && page->items[0].values[1].absent);
    EXPECT_FALSE(page->items[0].values[2].absent);
  }
}

TEST(PassesAndTraces, ATraceTellsOfTheStepsAsWritten) {
  Counted counted;
  const std::string body = std::string(kRecall) +
                           "let unread = item.f + 1.0\n let key = item.f * 1.0\n sort by key\n where item.kind == "
                           "\"video\"\n take 3\n emit key";
  const auto plain = run(body, counted), traced = run(body, counted, true);
  EXPECT_EQ(keys_of(plain), keys_of(traced));
  std::string steps;
  for (const auto& step : traced.trace->steps)
    steps += step.step + " " + std::to_string(step.in) + ">" + std::to_string(step.out) + "  ";
  EXPECT_EQ(steps, "recall 0>6  let 6>6  let 6>6  sort 6>6  where 6>4  take 4>3  ");
  EXPECT_EQ(traced.trace->steps[3].nan, 1U) << "the image whose key is NaN, which the filter drops before it is sorted";
  EXPECT_EQ(traced.trace->steps[4].drops.at(0).second, 2U);
}

TEST(PassesAndTraces, WhyTellsOfTheStepsAsWritten) {
  const auto plan = feed().pipeline(
      std::string(kRecall) + "let unread = item.f + 1.0\n sort by item.f\n where item.kind == \"video\"\n take 3");
  const auto told = engine::why(*plan, feed().generation(), request(), "50", {.sources = &feed().sources()});
  ASSERT_TRUE(told) << told.error().message;
  const std::string text = engine::why_text(*told);
  EXPECT_NE(text.find("unread = 3.5"), std::string::npos) << text;
  EXPECT_NE(text.find("item.kind"), std::string::npos) << text;
}

}  // namespace
}  // namespace rec::tests
