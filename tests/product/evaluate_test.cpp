// rec-build evaluate: metrics against golden vectors, splits that do not leak, grids, and what is said about mistakes.
#include <algorithm>
#include <set>

#include "workspace.h"

namespace rec::product {
namespace {

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {}}
  films: {key: id, source: {csv: films.csv}, columns: {genre: string}}
events:
  plays: {source: {csv: plays.csv}, user: user, item: item, time: ts, columns: {liked: bool}}
sequences:
  seen: {from: plays, keep: 1000}
  liked: {from: plays, where: e.liked, keep: 1000}
statistics:
  films.plays: {from: plays, value: count}
indexes:
  item_cf: {algorithm: item_cf, from: seen}
)yaml";

std::string ids(int count) {
  std::string text = "id\n";
  for (int i = 0; i < count; ++i) text += std::to_string(i) + "\n";
  return text;
}

std::string films(int count) {
  std::string text = "id,genre\n";
  for (int i = 0; i < count; ++i) text += std::to_string(i) + (i % 2 == 0 ? ",even\n" : ",odd\n");
  return text;
}

Outcome evaluate(const Workspace& space, const std::string& pipeline, const std::string& arguments) {
  space.write("page.rec", pipeline);
  return space.command("rec-build",
                       "evaluate '" + space.path("page.rec") + "' --data '" + space.path() + "' " + arguments);
}

Json evaluated(const Workspace& space, const std::string& pipeline, const std::string& arguments) {
  const Outcome out = evaluate(space, pipeline, arguments + " --format json");
  EXPECT_EQ(out.exit, 0) << out.err;
  return out.exit == 0 ? Json::parse(out.out) : Json();
}

TEST(EvaluateProduct, MetricsAgreeWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "metrics");
  const Workspace space;
  space.write("catalog.yaml", kCatalog);
  space.write("users.csv", "id\n7\n");
  space.write("films.csv", films(200));
  space.write("plays.csv", "user,item,ts,liked\n7,199,1,true\n");
  size_t hits = 0;
  for (const auto& c : vectors["cases"]) {
    std::string pairs = "user,item\n";
    for (const auto& item : c["truth"]) pairs += "7," + item.dump() + "\n";
    space.write("test.csv", pairs);
    const auto out =
        evaluated(space, "pipeline page(user: users, item: films) { recall { a = list(" + c["rank"].dump() + ") } }",
                  "--truth seen --holdout test.csv --at " + c["K"].dump());
    const std::pair<const char*, const char*> names[] = {{"recall", "recall"}, {"precision", "precision"},
                                                         {"hr", "hit_rate"},   {"ndcg", "ndcg"},
                                                         {"map", "map"},       {"mrr", "mrr"}};
    for (const auto& [theirs, ours] : names) {
      if (std::string_view(theirs) == "mrr" && c["K"].get<size_t>() < c["rank"].size()) continue;  // theirs is not cut
      EXPECT_NEAR(out["metrics"][ours][c["K"].dump()]["mean"].get<double>(), c[theirs].get<double>(), 1e-6)
          << theirs << c.dump();
    }
    hits += c["recall"].get<double>() > 0 ? 1 : 0;
  }
  EXPECT_GT(hits, 5U);
}

/// Everybody's last play is film 0, which nobody played before; film 1 is the most played until then.
void write_future(const Workspace& space) {
  space.write("catalog.yaml", kCatalog);
  space.write("users.csv", ids(30));
  space.write("films.csv", films(40));
  std::string plays = "user,item,ts,liked\n";
  for (int u = 0; u < 30; ++u) {
    if (u < 20) plays += std::to_string(u) + ",1,10,true\n";
    plays += std::to_string(u) + "," + std::to_string(2 + u) + ",20,false\n";
    plays += std::to_string(u) + ",0,1000,true\n";
  }
  space.write("plays.csv", plays);
}

constexpr const char* kMostPlayed =
    "pipeline page(user: users, item: films) {\n  eligible item not in user.seen\n"
    "  recall { popular = items by item.plays take 2 }\n  emit item.plays\n}\n";

TEST(EvaluateProduct, WhatIsHeldOutIsNotKnown) {
  for (const std::string holdout : {"last:1", "latest:30%"}) {
    const Workspace space;
    write_future(space);
    const auto out = evaluated(space, kMostPlayed, "--truth seen --at 1,2 --holdout " + holdout);
    EXPECT_EQ(out["users"], 30) << holdout;
    EXPECT_EQ(out["pairs"], 30);
    // The ten who had not played film 1 get it; film 0 counts no plays, and comes after every film that has one.
    EXPECT_EQ(out["metrics"]["recall"]["1"]["mean"], 0);
    EXPECT_EQ(out["metrics"]["recall"]["2"]["mean"], 0);
    // What has been published stays what it was.
    EXPECT_FALSE(std::filesystem::exists(space.path("CURRENT")) && holdout == "last:1");
    const auto run = space.build();
    ASSERT_EQ(run.exit, 0) << run.err;
    const auto page = space.pages(
        "pipeline page(user: users, item: films) { recall { a = items by item.plays take 1 } }", {{{"user", "1"}}});
    EXPECT_EQ(page[0]["items"][0]["key"], "0");
  }
}

TEST(EvaluateProduct, LastCountsTheSequencesOwnEvents) {
  const Workspace space;
  write_future(space);
  // Of the liked ones, film 0 is each user's last; with two held out, film 1 of those twenty is truth as well.
  EXPECT_EQ(evaluated(space, kMostPlayed, "--truth liked --holdout last:1")["pairs"], 30);
  EXPECT_EQ(evaluated(space, kMostPlayed, "--truth liked --holdout last:2")["pairs"], 50);
}

TEST(EvaluateProduct, AgreesWithCountingByHand) {
  const Workspace space;
  space.write("catalog.yaml", kCatalog);
  space.write("users.csv", ids(50));
  space.write("films.csv", films(60));
  std::string plays = "user,item,ts,liked\n";
  std::map<int, std::vector<int>> of_user;
  uint32_t random = 1;
  for (int e = 0; e < 900; ++e) {
    random = random * 1664525 + 1013904223;
    const int user = static_cast<int>(random >> 8) % 50, item = static_cast<int>((random >> 16) % 60);
    plays += std::to_string(user) + "," + std::to_string(item) + "," + std::to_string(e) + ",true\n";
    of_user[user].push_back(item);
  }
  space.write("plays.csv", plays);
  const auto out = evaluated(space, kMostPlayed, "--truth seen --at 2 --holdout last:3");
  double recall = 0, users = 0;
  std::map<int, int> count;
  std::map<int, std::pair<std::set<int>, std::set<int>>> split;
  for (const auto& [user, items] : of_user) {
    for (size_t k = 0; k < items.size(); ++k) {
      const bool held = k + 3 >= items.size();
      (held ? split[user].second : split[user].first).insert(items[k]);
      if (!held) ++count[items[k]];
    }
  }
  for (auto& [user, sets] : split) {
    auto& [known, truth] = sets;
    std::erase_if(truth, [&, &k = known](int item) { return k.contains(item); });
    if (truth.empty()) continue;
    std::vector<int> order;
    for (int i = 0; i < 60; ++i) {
      if (!known.contains(i)) order.push_back(i);
    }
    std::ranges::stable_sort(order, [&](int a, int b) { return count[a] > count[b]; });
    const double hits = static_cast<double>(truth.contains(order[0])) + static_cast<double>(truth.contains(order[1]));
    recall += hits / static_cast<double>(truth.size());
    ++users;
  }
  EXPECT_EQ(out["users"].get<double>(), users);
  EXPECT_NEAR(out["metrics"]["recall"]["2"]["mean"].get<double>(), recall / users, 1e-6);
  EXPECT_GT(recall, 0);
  const auto& interval = out["metrics"]["recall"]["2"];
  EXPECT_LT(interval["low"], interval["mean"]);
  EXPECT_GT(interval["high"], interval["mean"]);
}

TEST(EvaluateProduct, RandomPairsDependOnTheSeedAlone) {
  const Workspace space;
  write_future(space);
  const auto out = [&](const std::string& seed) {
    return evaluated(space, kMostPlayed, "--truth seen --holdout random:40% --seed " + seed);
  };
  const auto first = out("1");
  EXPECT_EQ(first, out("1"));
  EXPECT_NE(first["pairs"], 0);
  EXPECT_NE(first, out("2"));
}

TEST(EvaluateProduct, ChannelsHaveTheirParts) {
  const Workspace space;
  write_future(space);
  const auto out = evaluated(
      space,
      "pipeline page(user: users, item: films) {\n  recall {\n    low = items where item.plays > 0 by item.plays asc "
      "take 100\n"
      "    best = list([0, 1])\n    rare = list([39])\n  }\n  merge in_order\n  top 3 by float(item.plays)\n}\n",
      "--truth seen --at 3 --holdout last:1 --diversity genre");
  const auto& channels = out["channels"];
  ASSERT_EQ(channels.size(), 3U);
  // Every page: film 1 (from both), then films of one play.
  EXPECT_NEAR(channels[0]["items"].get<double>(), 1.0, 1e-9);
  EXPECT_NEAR(channels[1]["items"].get<double>(), 1.0 / 3, 1e-9);
  EXPECT_NEAR(channels[0]["items_alone"].get<double>(), 2.0 / 3, 1e-9);
  EXPECT_EQ(channels[1]["items_alone"], 0);
  EXPECT_EQ(channels[2]["items"], 0);
  EXPECT_NEAR(channels[0]["overlap"]["best"].get<double>(), 1.0 / 3, 1e-9);
  EXPECT_NEAR(channels[1]["overlap"]["low"].get<double>(), 1.0, 1e-9);
  // Films 1, 2, 3: odd, even, odd.
  EXPECT_NEAR(out["metrics"]["diversity"]["3"]["mean"].get<double>(), 2.0 / 3, 1e-6);
  EXPECT_NEAR(out["metrics"]["coverage"]["3"]["mean"].get<double>(), 3.0 / 40, 1e-9);
  // 20, 1 and 1 of 30 users had them.
  EXPECT_NEAR(out["metrics"]["novelty"]["3"]["mean"].get<double>(), (std::log2(1.5) + 2 * std::log2(30)) / 3, 1e-5);
}

TEST(EvaluateProduct, AGridIsChosenOnAValidationPart) {
  const Workspace space;
  write_future(space);
  space.write("test.csv", "user,item\n1,30\n2,30\n");
  const std::string pipeline =
      "param direction : float = 1.0 within -1.0 .. 1.0\npipeline page(user: users, item: films) {\n"
      "  recall { a = items by direction * float(item.plays) take 1 }\n}\n";
  const auto out =
      evaluated(space, pipeline,
                "--truth seen --holdout test.csv --at 1 --validation last:1 --by recall --grid direction=-1,1 "
                "--grid item_cf.top_k=5,7");
  ASSERT_EQ(out["grid"].size(), 4U);
  EXPECT_EQ(out["settings"]["item_cf.top_k"], "5") << "of equals the first";
  EXPECT_EQ(out["split"], "test.csv");
  EXPECT_EQ(out["pairs"], 2);
  for (const auto& line : out["grid"]) EXPECT_EQ(line["validation"], "last 1 of each user");
  EXPECT_EQ(out["users"], 2);
}

TEST(EvaluateProduct, MistakesAreTold) {
  const Workspace space;
  write_future(space);
  const auto says = [&](const std::string& arguments, int exit, const std::string& words) {
    const Outcome out = evaluate(space, kMostPlayed, arguments);
    EXPECT_EQ(out.exit, exit) << arguments << out.err;
    EXPECT_NE(out.err.find(words), std::string::npos) << out.err;
  };
  says("--truth sen", 2, "there is no sequence `sen`; the catalog has seen, liked");
  says("--truth seen --holdout half", 2, "write latest:10%, random:10%, last:1");
  says("--truth seen --holdout random:0%", 2, "`random:0%` needs a share between 0 and 100 %");
  says("--truth seen --holdout none.csv", 3, "none.csv");
  says("--truth seen --set x=1", 2, "has no parameter `x`");
  says("--truth seen --set item_cf.top=1", 1, "`item_cf` has no option `top`");
  says("--truth seen --set item_cf.top_k=0", 1, "a whole number from 1 to 10000 is needed");
  says("--truth seen --grid item_cf.top_k=3 --by luck", 2, "there is no metric `luck`");
  says("--truth seen --diversity colour", 2, "`films` has no column `colour`");
  says("--truth seen --at 0", 2, "");
}

}  // namespace
}  // namespace rec::product
