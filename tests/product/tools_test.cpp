// The commands beside `run`, as a user types them: explain in its forms, --analyze, --watch.
#include <chrono>
#include <thread>

#include "tests/product/workspace.h"

namespace rec::product {
namespace {

constexpr const char* kPage = R"rec(param bonus : float = 1.0 within 0.0 .. 2.0
pipeline page(user: users, item: notes) {
  recall { popular = items by item.likes take 3 }
  let value = bonus * float(item.likes)
  where value > 2.0
  emit value
}
)rec";

class Tools : public testing::Test {
 protected:
  void SetUp() override {
    space_.write("catalog.yaml",
                 "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {city: string}}\n"
                 "  notes: {key: id, source: {csv: notes.csv}, columns: {likes: int}}\n");
    space_.write("users.csv", "id,city\n1,a\n");
    space_.write("notes.csv", "id,likes\n10,5\n11,3\n12,9\n13,1\n");
    space_.write("page.rec", kPage);
    const Outcome built = space_.build();
    ASSERT_EQ(built.exit, 0) << built.err;
  }
  Outcome explain(const std::string& arguments) const {
    return space_.rec_run("explain '" + space_.path("page.rec") + "' --data '" + space_.path() + "' " + arguments);
  }
  Workspace space_;
};

TEST_F(Tools, ExplainsAPlanAsJson) {
  const Outcome run = explain("--format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json plan = Json::parse(run.out);
  EXPECT_EQ(plan["pipeline"], "page");
  EXPECT_EQ(plan["parameters"][0]["high"], "2");
  EXPECT_EQ(plan["steps"][0]["channels"][0]["channel"], "popular");
  EXPECT_EQ(plan["steps"][1]["column"], "value");
  EXPECT_EQ(plan["steps"][1]["line"], 4);
  EXPECT_EQ(plan["steps"][2]["condition"], "value > 2");
  EXPECT_EQ(plan["emit"][0]["name"], "value");
}

TEST_F(Tools, ExplainsADeadline) {
  std::string text = kPage;
  text.replace(text.find("  recall"), 0, "  deadline 50ms else other\n");
  space_.write("page.rec", text + "pipeline other(user: users, item: notes) { recall { a = items take 1 } }\n");
  EXPECT_EQ(Json::parse(explain("--format json --pipeline page").out)["else"], "other");
  const Outcome run = explain("--pipeline page");
  EXPECT_NE(run.out.find("deadline 50ms else other"), std::string::npos) << run.out << run.err;
}

TEST_F(Tools, ShowsWhatEachPassMakesOfAPlan) {
  const Outcome all = explain("--pass all --set bonus=1");
  ASSERT_EQ(all.exit, 0) << all.err;
  EXPECT_NE(all.out.find("as written:\npipeline page"), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("value : float = bonus * float(item.likes)"), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("after `constants`, "), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("value : float = float(item.likes)"), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("passes, all rounds:"), std::string::npos) << all.out;

  const Json json = Json::parse(explain("--pass all --set bonus=1 --format json --without-pass dead").out);
  EXPECT_EQ(json["written"]["pipeline"], "page");
  std::map<std::string, bool> changed;
  for (const auto& pass : json["passes"]) changed[pass["pass"]] = changed[pass["pass"]] || pass["changed"].get<bool>();
  EXPECT_TRUE(changed.at("parameters") && changed.at("constants"));
  EXPECT_FALSE(changed.contains("dead"));

  const Outcome alone = explain("--pass constants");
  EXPECT_EQ(alone.out.find("after"), std::string::npos) << alone.out;
  EXPECT_NE(alone.out.find("constants "), std::string::npos) << alone.out;
}

TEST_F(Tools, PassesThatDoNotRunChangeNoPage) {
  const auto page = [&](const std::string& more) {
    return space_.rec_run("run '" + space_.path("page.rec") + "' --data '" + space_.path() +
                          "' --user 1 --format json " + more);
  };
  const Outcome with = page(""), without = page("--without-pass all"), one = page("--without-pass common");
  ASSERT_EQ(with.exit, 0) << with.err;
  EXPECT_EQ(with.out, without.out);
  EXPECT_EQ(with.out, one.out);
  EXPECT_EQ(page("--without-pass commmon").exit, 2);
  EXPECT_EQ(explain("--pass nothing").exit, 2);
  EXPECT_EQ(explain("--without-pass dead").exit, 2);
  EXPECT_EQ(explain("--pass all --format dot").exit, 2);
  EXPECT_EQ(explain("--pass all --set bonus=7").exit, 2);
  EXPECT_EQ(explain("--pass all --set no_such=7").exit, 2);
}

TEST_F(Tools, AnalyzesARequest) {
  const Outcome text = explain("--analyze --user 1");
  ASSERT_EQ(text.exit, 0) << text.err;
  EXPECT_NE(text.out.find("measured for user 1"), std::string::npos) << text.out;
  const Outcome run = explain("--analyze --user 1 --set bonus=0.5 --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json measured = Json::parse(run.out)["measured"];
  EXPECT_EQ(measured["steps"][0]["out"], 3);
  EXPECT_EQ(measured["steps"][2]["in"], 3);
  EXPECT_EQ(measured["steps"][2]["out"], 2);  // 9 and 5 halved are above 2, 3 is not
}

TEST_F(Tools, AnalyzeNeedsARequestThatRuns) {
  EXPECT_EQ(explain("--analyze").exit, 2);
  const Outcome unknown = explain("--analyze --user 7");
  EXPECT_EQ(unknown.exit, 3);
  EXPECT_NE(unknown.err.find("R8002"), std::string::npos) << unknown.err;
}

// ---- why ----

class WhyTool : public testing::Test {
 protected:
  void SetUp() override {
    space_.write("catalog.yaml",
                 "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {blocked: \"[int]\"}}\n"
                 "  notes: {key: id, source: {csv: notes.csv}, columns: {likes: int, author: int, kind: string}}\n");
    space_.write("users.csv", "id,blocked\n1,7|8\n");
    space_.write("notes.csv",
                 "id,likes,author,kind\n10,50,1,a\n11,40,7,a\n12,30,2,a\n13,20,3,b\n14,10,4,a\n15,5,5,a\n16,4,6,a\n");
    space_.write("page.rec", R"rec(pipeline page(user: users, item: notes) {
  eligible item.author not in user.blocked
  recall {
    popular = items by item.likes take 4
    videos  = items where item.kind == "b" by item.likes take 2
  }
  merge in_order(take: 4)
  let value = float(item.likes) / 10.0
  where value > 2.5 or item.kind != "b"
  top 2 by value
  rerank greedy(relevance: value) take 1 { must at most 0 in first 1 where item.author == 1 }
}
)rec");
    const Outcome built = space_.build();
    ASSERT_EQ(built.exit, 0) << built.err;
  }
  Json why(const std::string& item) const {
    const Outcome run = space_.rec_run("why '" + space_.path("page.rec") + "' --data '" + space_.path() +
                                       "' --user 1 --format json --item " + item);
    EXPECT_EQ(run.exit, 0) << run.err;
    return run.exit == 0 ? Json::parse(run.out) : Json{};
  }
  /// The one step that dropped the item, with its details in one line.
  static std::string loss(const Json& why) {
    std::string out;
    for (const auto& step : why["steps"]) {
      if (!step["dropped"].get<bool>()) continue;
      out += step["step"].get<std::string>() + ":";
      for (const auto& detail : step["details"]) out += " " + detail.get<std::string>();
    }
    return out;
  }
  /// The details of the last step, in one line.
  static std::string last(const Json& why) {
    std::string out;
    for (const auto& detail : why["steps"].back()["details"])
      out += (out.empty() ? "" : " ") + detail.get<std::string>();
    return out;
  }
  void change(const std::string& from, const std::string& to) const {
    std::string text = Workspace::read(space_.path("page.rec"));
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    space_.write("page.rec", text.replace(at, from.size(), to));
  }
  static std::string channel(const Json& why, size_t at) { return why["steps"][at]["details"].dump(); }
  Workspace space_;
};

TEST_F(WhyTool, OnThePage) {
  const Json found = why("12");
  EXPECT_EQ(found["position"], 1);
  EXPECT_EQ(loss(found), "");
  EXPECT_NE(channel(found, 0).find("place 2"), std::string::npos) << found;
}

TEST_F(WhyTool, BeyondTheTakeOfAChannel) {
  const Json found = why("16");
  EXPECT_EQ(found["position"], nullptr);
  EXPECT_NE(channel(found, 0).find("place 6, beyond its take of 4"), std::string::npos) << found;
  EXPECT_NE(channel(found, 1).find("item.kind = \\\"a\\\""), std::string::npos) << found;
  EXPECT_EQ(loss(found), "recall:");
}

TEST_F(WhyTool, ConditionsWithTheirOperands) {
  const Json blocked = why("11");
  EXPECT_NE(channel(blocked, 0).find("item.author = 7, user.blocked = [7, 8]"), std::string::npos) << blocked;
  const Json late = why("13");
  const std::string said = loss(late);
  EXPECT_EQ(said.rfind("where:", 0), 0U) << said;
  EXPECT_NE(said.find("value = 2"), std::string::npos) << said;
  EXPECT_NE(said.find("item.kind = \"b\""), std::string::npos) << said;
}

TEST_F(WhyTool, TheCutOfTop) {
  const std::string said = loss(why("14"));
  EXPECT_NE(said.find("top: value = 1 the last of the 2 that stay has 3"), std::string::npos) << said;
}

TEST_F(WhyTool, NotPicked) {
  const std::string said = loss(why("10"));
  EXPECT_EQ(said,
            "rerank: relevance 5, place 1 of 2 before it position 1: kept out by `must at most 0 in first 1 where "
            "item.author == 1`, line 11 not among the 1 picked");
}

TEST_F(WhyTool, TheObjectiveAtEachPick) {
  change("must at most 0 in first 1 where item.author == 1", "at most 0 in first 1 where item.author == 4");
  change("top 2 by value", "top 4 by value");
  change("relevance: value) take 1", "relevance: value) take 2");
  EXPECT_EQ(loss(why("14")),
            "rerank: relevance 1, place 3 of 3 before it position 1: kept out by `at most 0 in first 1 where "
            "item.author == 4`, line 11 position 2: its objective is 1; 12 won with 3 not among the 2 picked");
  EXPECT_NE(last(why("10")).find("position 1: picked, its objective is 5"), std::string::npos) << last(why("10"));
}

TEST_F(WhyTool, TheQuotaOfAMerge) {
  change("merge in_order(take: 4)", "merge quota(popular: 1 .. 2, videos: 1 .. 1)");
  const std::string said = loss(why("14"));
  EXPECT_NE(said.find("the quota of `popular` is at most 2"), std::string::npos) << said;
}

TEST_F(WhyTool, ChannelsThatDidNotRun) {
  change("by item.likes take 2", "by item.likes take 2 when overlaps(user.blocked, [1])");
  EXPECT_NE(channel(why("13"), 1).find("not run: its `when` is false"), std::string::npos) << why("13");
  change("merge in_order(take: 4)", "merge waterfall(take: 1)");
  change("take 2 when overlaps(user.blocked, [1])", "take 2");
  EXPECT_NE(channel(why("13"), 1).find("not run: the channels before it"), std::string::npos) << why("13");
}

/// Waits, ten seconds at most, until a file holds a text.
bool comes_to_hold(const std::string& file, const std::string& text) {
  for (int i = 0; i < 200; ++i) {
    if (Workspace::read(file).find(text) != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

TEST_F(Tools, WatchRunsAgainAfterAChange) {
  const std::string out = space_.path("watch.out"), err = space_.path("watch.err"), pid = space_.path("watch.pid");
  const std::string line = "timeout 30 " + std::string(REC_BINARY_DIR) + "/rec-run '" + space_.path("page.rec") +
                           "' --data '" + space_.path() + "' --user 1 --format csv --watch >'" + out + "' 2>'" + err +
                           "' </dev/null & echo $! >'" + pid + "'";
  ASSERT_EQ(std::system(line.c_str()), 0);
  EXPECT_TRUE(comes_to_hold(out, "1,12,9,popular")) << Workspace::read(err);
  ASSERT_TRUE(comes_to_hold(err, "watching"));
  std::string changed = kPage;
  space_.write("page.rec", changed.replace(changed.find("bonus * float"), 13, "bonus * 10.0 * float"));
  EXPECT_TRUE(comes_to_hold(out, "1,12,90,popular")) << Workspace::read(out) << Workspace::read(err);
  space_.write("page.rec", "pipeline page(user: users, item: notes) { recal }");  // a mistake does not end it
  EXPECT_TRUE(comes_to_hold(err, "error[R")) << Workspace::read(err);
  std::system(("kill $(cat '" + pid + "')").c_str());
}

}  // namespace
}  // namespace rec::product
