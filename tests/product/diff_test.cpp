// rec-run diff as a user runs it: what changed in the plan, what it does to requests, and why.
#include "tests/product/workspace.h"

namespace rec::product {
namespace {

constexpr const char* kBefore = R"rec(param bonus : float = 1.0 within 0.0 .. 2.0

fn worth(likes: int) = bonus * float(likes)

pipeline page(user: users, item: notes) {
  eligible item.id != 17
  recall {
    popular = items by item.likes take 5
    videos  = items where item.kind == "b" by item.likes take 2
  }
  merge in_order
  where item.author != 6
  let value = worth(item.likes)
  sort by value
  when user.is_new {
    where item.likes > 1
  } else {
    where item.likes > 2
  }
  rerank greedy(relevance: value) take 3 {
    at most 2 in a row by item.kind
  }
  emit value
}
)rec";

class Diff : public testing::Test {
 protected:
  void SetUp() override {
    space_.write("catalog.yaml",
                 "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {is_new: bool}}\n"
                 "  notes: {key: id, source: {csv: notes.csv}, columns: {likes: int, author: int, kind: string}}\n");
    space_.write("users.csv", "id,is_new\n1,false\n2,true\n");
    space_.write("notes.csv",
                 "id,likes,author,kind\n10,50,1,a\n11,40,7,a\n12,30,2,b\n13,20,3,b\n14,10,4,a\n15,5,5,a\n16,4,6,a\n");
    space_.write("before.rec", kBefore);
    space_.write("after.rec", kBefore);
    const Outcome built = space_.build();
    ASSERT_EQ(built.exit, 0) << built.err;
  }
  void change(const std::string& from, const std::string& to) const {
    std::string text = Workspace::read(space_.path("after.rec"));
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    space_.write("after.rec", text.replace(at, from.size(), to));
  }
  Outcome diff(const std::string& arguments = "") const {
    return space_.rec_run("diff '" + space_.path("before.rec") + "' '" + space_.path("after.rec") + "' --data '" +
                          space_.path() + "' " + arguments);
  }
  /// The sentences about the plan.
  std::string changes() const {
    const Outcome run = diff("--format json");
    EXPECT_EQ(run.exit, 0) << run.err;
    const Json document = Json::parse(run.out);
    std::string out;
    for (const auto& each : document["changes"]) out += each["text"].get<std::string>() + "\n";
    return out;
  }
  Workspace space_;
};

TEST_F(Diff, NothingChanged) {
  change("  merge in_order", "  // as ever\n  merge in_order");
  const Outcome run = diff("--user 1");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(run.out.find("the plans are the same"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("1 request: 1 same page, 0 others"), std::string::npos) << run.out;
}

TEST_F(Diff, FactsOfParts) {
  change("float = 1.0 within 0.0 .. 2.0", "float = 1.5 within 0.0 .. 3.0");
  change("item.id != 17", "item.id != 18");
  change("by item.likes take 5", "by item.likes asc take 4");
  change("at most 2 in a row", "must at most 1 in a row");
  change("merge in_order", "merge round_robin(videos: 2, take: 4)");
  change("take 3 {", "take 2 {");
  EXPECT_EQ(changes(),
            "param bonus: default is 1.5, was 1\n"
            "param bonus: range is 0 .. 3, was 0 .. 2\n"
            "eligible is item.id != 18, was item.id != 17\n"
            "channel popular: by is item.likes asc, was item.likes\n"
            "channel popular: take is 4, was 5\n"
            "merge: policy is round_robin, was in_order\n"
            "merge: `videos` is 2, there was none\n"
            "merge: take is 4, there was none\n"
            "rerank: take is 2, was 3\n"
            "rerank, rule is must at most 1 in a row by item.kind, was at most 2 in a row by item.kind\n");
}

TEST_F(Diff, AChangedFunctionIsSeenWhereItIsUsed) {
  change("bonus * float(likes)", "bonus + float(likes)");
  EXPECT_EQ(changes(), "let value is bonus + float(item.likes), was bonus * float(item.likes)\n");
}

TEST_F(Diff, NewAndGoneAndMoved) {
  change("    videos  = items where item.kind == \"b\" by item.likes take 2\n", "    kinds   = items take 9\n");
  change("  where item.author != 6\n", "");
  change("  sort by value\n", "  sort by value\n  where item.author != 6\n  take 4\n");
  change("where item.likes > 2", "where item.likes > 3");
  change("emit value", "emit value, item.kind");
  EXPECT_EQ(changes(),
            "channel videos is gone: source items, where item.kind == \"b\", by item.likes, take 2\n"
            "channel kinds is new: source items, take 9\n"
            "where stands at another place: item.author != 6\n"
            "take is new: count 4\n"
            "else, where is item.likes > 3, was item.likes > 2\n"
            "emit item.kind is new: item.kind\n");
}

TEST_F(Diff, InsidePipelinesThatAreSources) {
  const std::string source =
      "param most : int = 4 within 0 .. 9\n"
      "pipeline hot(user: users, item: notes) {\n  recall { all = items by item.likes take 9 }\n  take most\n}\n"
      "pipeline page(user: users, item: notes) {\n  recall { hot = hot take 3 }\n}\n";
  space_.write("before.rec", source);
  space_.write("after.rec", source);
  change("int = 4", "int = 5");
  change("take 9", "take 8");
  const Outcome run = diff("--pipeline page --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json changes = Json::parse(run.out)["changes"];
  ASSERT_EQ(changes.size(), 2U) << changes;
  EXPECT_EQ(changes[0]["text"], "param most: default is 5, was 4");
  EXPECT_EQ(changes[1]["text"], "channel hot, channel all: take is 8, was 9");
}

TEST_F(Diff, WhatItDoesToRequestsAndWhy) {
  change("sort by value", "where value < 45.0\n  sort by value");
  space_.write("requests.jsonl", "{\"user\": \"1\"}\n{\"user\": \"2\"}\n");
  const Outcome run = diff("--format json --requests '" + space_.path("requests.jsonl") + "'");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json seen = Json::parse(run.out)["requests"];
  // Before 10 11 12 for both, after 11 12 13 would break the rule: 11 12 13 has kinds a b b.
  EXPECT_EQ(seen["compared"], 2);
  EXPECT_EQ(seen["same"], 0);
  EXPECT_EQ(seen["left"], 2);
  EXPECT_EQ(seen["entered"], 2);
  EXPECT_EQ(seen["moved"], 4);
  EXPECT_NEAR(seen["overlap"]["5"].get<double>(), 2.0 / 3, 1e-9);
  EXPECT_FALSE(seen["overlap"].contains("10"));
  EXPECT_EQ(seen["left_because"][0]["count"], 2);
  EXPECT_EQ(seen["left_because"][0]["step"], "dropped by `where value < 45.0`, line 14");
  EXPECT_EQ(seen["left_because"][0]["example"], "user 1: 10, which was 1st: `value < 45` is false: value = 50");
  EXPECT_EQ(seen["entered_because"][0]["step"], "dropped by `rerank greedy(relevance: value) take 3`, line 20");
  EXPECT_EQ(seen["moves"][0]["why"], "");
  const Outcome text = diff("--requests '" + space_.path("requests.jsonl") + "'");
  EXPECT_NE(text.out.find("on a page 1.00 items left, 1.00 entered, 2.00 moved by 1.0 places"), std::string::npos)
      << text.out;
}

TEST_F(Diff, MovesTellValuesAndRules) {
  change("let value = worth(item.likes)", "let value = if item.id == 10 then 25.0 else worth(item.likes)");
  const Outcome run = diff("--user 1 --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json moves = Json::parse(run.out)["requests"]["moves"];
  ASSERT_GE(moves.size(), 1U);
  EXPECT_EQ(moves[0]["item"], "10") << moves;
  EXPECT_EQ(moves[0]["why"], "value = 25, was 50") << moves;
}

TEST_F(Diff, RefusesWhatCannotBeCompared) {
  EXPECT_EQ(diff("--requests -").exit, 2);
  EXPECT_EQ(diff("--user 9").exit, 3);
  change("sort by value", "sort by valu");
  const Outcome run = diff();
  EXPECT_EQ(run.exit, 1);
  EXPECT_NE(run.err.find("after.rec:14"), std::string::npos) << run.err;
  EXPECT_EQ(run.out, "");
}

}  // namespace
}  // namespace rec::product
