// Pages as JSON, table and CSV; traces.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/engine/feed.h"

namespace rec::tests {
namespace {

const std::string kBody =
    "recall { all = items where item.kind == \"video\" by item.f take 3 }\n"
    "emit item.f * 0.2 as x, item.made, age(item.made) as old, item.author, item.tags, item.f / 0.0 as inf";

engine::Request at_noon() {
  return {.user = "1", .now = 1'793'534'400'000'000};
}  // 2026-11-01T12:00:00Z

TEST(PageJson, IsWhatTheHandbookShows) {
  EXPECT_EQ(engine::page_json(feed().page(kBody, at_noon()), false),
            R"({"pipeline": "page", "user": "1", "generation": 1, "engine": "interpreter", "arms": {}, "items": [)"
            R"({"key": "10", "table": "things", "position": 1, "channels": {"all": {"position": 1, "score": 0.5}}, )"
            R"("values": {"x": 0.1, "item.made": "2026-10-01T00:00:00Z", "old": 2721600000000, "item.author": 1, )"
            R"("item.tags": ["a", "b"], "inf": "Infinity"}}, )"
            R"({"key": "60", "table": "things", "position": 2, "channels": {"all": {"position": 2, "score": 0.5}}, )"
            R"("values": {"x": 0.1, "item.made": "2026-10-06T00:00:00Z", "old": 2289600000000, "item.author": 3, )"
            R"("item.tags": ["a"], "inf": "Infinity"}}, )"
            R"({"key": "30", "table": "things", "position": 3, "channels": {"all": {"position": 3, "score": -0}}, )"
            R"("values": {"x": -0, "item.made": "2026-10-03T00:00:00Z", "old": 2548800000000, "item.author": 2, )"
            R"("item.tags": [], "inf": "NaN"}}], "degraded": []})");
}

TEST(PageJson, MissingValuesAreNull) {
  const auto page = feed().page("recall { l = list([40]) } emit item.author");
  EXPECT_NE(engine::page_json(page, false).find(R"("values": {"item.author": null})"), std::string::npos);
}

TEST(PageJson, PrettyIsTheSameDocument) {
  auto request = at_noon();
  request.trace = true;
  const auto page = feed().page(kBody, request);
  const std::string pretty = engine::page_json(page, true);
  EXPECT_EQ(nlohmann::ordered_json::parse(pretty), nlohmann::ordered_json::parse(engine::page_json(page, false)));
  EXPECT_EQ(pretty.substr(0, 24), "{\n  \"pipeline\": \"page\",\n");
  EXPECT_EQ(pretty.back(), '\n');
}

TEST(PageJson, TraceSaysWhatEachStepDid) {
  engine::Request request{.user = "1", .trace = true};
  const auto page = feed().page(
      "eligible item not in user.likes\n"
      "recall {\n  a = items where item.kind == \"video\" take 10\n  b = list([50, 10]) }\n"
      "merge in_order\nwhere item.f >= 0.0",
      request);
  const auto json = nlohmann::json::parse(engine::page_json(page, false));
  const auto& steps = json["trace"]["steps"];
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0]["step"], "recall");
  EXPECT_EQ(steps[0]["line"], 3);
  const auto& a = steps[0]["channels"][0];
  EXPECT_EQ(a["channel"], "a");
  EXPECT_EQ(a["looked_at"], 6);
  EXPECT_EQ(a["out"], 3);
  EXPECT_EQ(a["kept"], 3);
  EXPECT_EQ(a["short"], true);
  EXPECT_EQ(a["drops"][0]["rows"], 2);
  EXPECT_EQ(a["drops"][1]["rows"], 1);
  EXPECT_EQ(steps[1]["step"], "merge");
  EXPECT_EQ(steps[1]["in"], 4);
  EXPECT_EQ(steps[1]["out"], 4);
  EXPECT_EQ(steps[2]["in"], 4);
  EXPECT_EQ(steps[2]["out"], 4);
  EXPECT_EQ(steps[2]["drops"][0]["rows"], 0);
  EXPECT_NE(trace::to_text(*page.trace).find("dropped 2 by item not in user.likes"), std::string::npos);
}

TEST(PageTable, IsAlignedInCodePoints) {
  const auto page =
      feed().page("recall { l = list([40, 30, 10]) s = items by item.f take 1 } merge in_order emit item.f as f");
  EXPECT_EQ(engine::page_table(page, feed().generation()),
            "#  key  title          f  channels\n"
            "1  40   Vierzig \xC3\xBC\xC3\xBC     0  l #1\n"
            "2  30   Thirty, Ltd   -0  l #2\n"
            "3  10   Ten          0.5  l #3\n"
            "4  50   Fifty        2.5  s #1 2.5\n");
}

TEST(PageTable, IsClippedToTheTerminal) {
  const auto page = feed().page("recall { l = list([40]) } emit item.f as f");
  EXPECT_EQ(engine::page_table(page, feed().generation(), 18),
            "#  key  title    \xE2\x80\xA6\n"
            "1  40   Vierzig \xC3\xBC\xE2\x80\xA6\n");
}

TEST(PageTable, SaysThatThereIsNothing) {
  EXPECT_EQ(engine::page_table(feed().page("recall { l = list([99]) }"), feed().generation()),
            "#  key  title  channels\n(no items)\n");
}

TEST(PageCsv, QuotesWhatItMust) {
  const auto page = feed().page("recall { l = list([30, 40]) } emit item.title as t, item.tags, item.author");
  EXPECT_EQ(engine::page_csv(page),
            "position,key,t,item.tags,item.author,channels\n"
            "1,30,\"Thirty, Ltd\",,2,l\n"
            "2,40,Vierzig \xC3\xBC\xC3\xBC,a|c,,l\n");
}

}  // namespace
}  // namespace rec::tests
