// Indexed and sorted columns: the same pages as without them, from less of the table; and `explain` says which serve.
#include <random>

#include "workspace.h"

namespace rec::product {
namespace {

constexpr int kNotes = 3000;

std::string catalog(bool with) {
  return std::string(R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {city: string, age: int, followed: "[int]", topics: "[string]"}}
  notes:
    key: id
    source: {csv: notes.csv}
    columns: {author: int, city: string, boosted: bool, tags: "[string]", levels: "[int]", heat: float, likes: int, made: {type: time, format: unix_seconds}, rare: int?}
)yaml") +
         (with ? "    indexed: [author, city, boosted, tags, levels, rare]\n    sorted: [heat, likes, made, clicks]\n"
               : "") +
         R"yaml(request: {tag: string?, author: int?}
events:
  plays: {source: {csv: plays.csv}, user: user, item: item, time: ts}
statistics:
  notes.clicks: {from: plays, value: count}
)yaml";
}

class LookUps : public ::testing::Test {
 protected:
  LookUps() {
    std::mt19937 random(3);
    const auto below = [&](uint32_t n) { return std::to_string(random() % n); };
    std::string notes = "id,author,city,boosted,tags,levels,heat,likes,made,rare\n", plays = "user,item,ts\n";
    for (int i = 0; i < kNotes; ++i) {
      notes += std::to_string(i) + "," + below(60) + ",c" + below(9) + "," + (random() % 5 == 0 ? "true" : "false") +
               ",t" + below(30) + "|t" + below(30) + "," + below(4) + "|" + below(9) + "," +
               (random() % 40 == 0 ? "" : "0." + below(50)) + "," + below(20) + "," + below(100000) + "," +
               (random() % 3 == 0 ? "" : below(5)) + "\n";
    }
    for (size_t at = notes.find(",,"); at != std::string::npos; at = notes.find(",,", at + 1)) {
      // A heat that is not there is written as nan; `rare`, at the end of its line, stays empty.
      notes.replace(at, 2, ",nan,");
    }
    for (int e = 0; e < 9000; ++e) plays += below(3) + "," + below(kNotes) + "," + below(1000) + "\n";
    for (const Workspace* space : {&with_, &without_}) {
      space->write("catalog.yaml", catalog(space == &with_));
      space->write("users.csv",
                   "id,city,age,followed,topics\n0,c3,30,1|7|59|7|1000,t1|t2\n1,nowhere,20,,\n2,c0,10,5,t9|none\n");
      space->write("notes.csv", notes);
      space->write("plays.csv", plays);
      const Outcome built = space->build();
      EXPECT_EQ(built.exit, 0) << built.err;
    }
  }

  static std::string pipeline(const std::string& channel, const std::string& eligible = "") {
    return "param city : string = \"c5\"\npipeline page(user: users, item: notes) {\n" + eligible +
           "\n  recall { c = " + channel + " }\n  emit item.likes, item.heat, item.author, item.clicks\n}\n";
  }

  Workspace with_, without_;
};

TEST_F(LookUps, PagesAreTheSameAsFromTheWholeTable) {
  const std::vector<Json> requests{{{"user", "0"}, {"request", {{"tag", "t4"}, {"author", 12}}}},
                                   {{"user", "1"}, {"request", {{"tag", "unheard of"}}}},
                                   {{"user", "2"}}};
  const std::vector<std::string> conditions{"item.author == 7",
                                            "item.author in user.followed",
                                            "item.city == user.city and item.boosted",
                                            "\"t3\" in item.tags",
                                            "(request.tag ?? \"t5\") in item.tags and item.likes > 3",
                                            "3 in item.levels",
                                            "item.author == (request.author ?? -1)",
                                            "city == item.city",
                                            "item.city in [\"c1\", \"c2\", \"elsewhere\"]",
                                            "item.author == 7 or item.author == 8",
                                            "item.author not in user.followed",
                                            "item.author == 7.0",
                                            "(item.rare ?? 0) == 2",
                                            "item.boosted == (user.age > 15)",
                                            "item.author != 7",
                                            "item.likes > 15",
                                            "17 <= item.likes and item.boosted",
                                            "item.made < time(\"1970-01-01T03:00:00Z\")",
                                            "item.heat >= 0.45",
                                            "item.heat > 0.0 / 0.0",
                                            "item.clicks <= (request.author ?? 0) and item.city == \"c1\"",
                                            "item.likes > 3",
                                            "item.likes > 15.0",
                                            ""};
  const std::vector<std::string> orders{"",
                                        "by item.heat",
                                        "by item.heat asc",
                                        "by item.likes",
                                        "by item.likes asc",
                                        "by item.made",
                                        "by item.clicks",
                                        "by item.heat * 2.0"};
  std::mt19937 random(1);
  size_t items = 0;
  for (const std::string& condition : conditions) {
    for (const std::string& order : orders) {
      const std::string take = std::to_string(std::vector{1, 9, 40, 4000}[random() % 4]);
      const std::string text =
          pipeline("items" + (condition.empty() ? "" : " where " + condition) + " " + order + " take " + take,
                   random() % 3 == 0 ? "  eligible item.city == \"c3\" or item.likes > 2" : "");
      const auto a = with_.pages(text, requests), b = without_.pages(text, requests);
      for (size_t i = 0; i < requests.size(); ++i) {
        EXPECT_EQ(a[i]["items"], b[i]["items"]) << text << requests[i];
        items += a[i]["items"].size();
      }
    }
  }
  EXPECT_GT(items, 10'000U);
}

TEST_F(LookUps, LittleOfTheTableIsLookedAt) {
  const auto looked_at = [&](const Workspace& space, const std::string& channel) {
    const auto page = space.pages(pipeline(channel), {{{"user", "0"}}}, "--trace")[0];
    return page["trace"]["steps"][0]["channels"][0]["looked_at"].get<int>();
  };
  const std::string followed = "items where item.author in user.followed by item.made take 20";
  EXPECT_EQ(looked_at(without_, followed), kNotes);
  EXPECT_LT(looked_at(with_, followed), 250);
  EXPECT_GT(looked_at(with_, followed), 50);
  EXPECT_LT(looked_at(with_, "items by item.likes take 20"), 300);
  EXPECT_LT(looked_at(with_, "items where item.boosted by item.heat take 20"), 600)
      << "along the order, not by the many that are boosted";
  EXPECT_LT(looked_at(with_, "items where item.likes >= 18 by item.author take 20"), 600);
  EXPECT_EQ(looked_at(with_, "items where item.likes >= 2 by item.author take 20"), kNotes)
      << "nearly all of it, in its order";
}

TEST_F(LookUps, ExplainSaysWhichServe) {
  const auto explained = [&](const std::string& channel, const std::string& format = "") {
    with_.write("page.rec", pipeline(channel));
    const Outcome out =
        with_.rec_run("explain '" + with_.path("page.rec") + "' --data '" + with_.path() + "'" + format);
    EXPECT_EQ(out.exit, 0) << out.err;
    return out.out;
  };
  const std::string both =
      explained("items where item.author in user.followed and item.likes > 3 by item.made take 20");
  EXPECT_NE(both.find("finds      item.author in user.followed by the index on author"), std::string::npos) << both;
  EXPECT_NE(both.find("walks      along made, which is sorted"), std::string::npos) << both;
  const std::string none = explained("items where item.likes * 2 > 3 by item.heat * 2.0 take 20");
  const std::string range = explained("items where item.likes > 3 take 20");
  EXPECT_NE(range.find("finds      item.likes > 3 by the order of likes"), std::string::npos) << range;
  EXPECT_NE(none.find("scans      all of notes"), std::string::npos) << none;
  const auto json = Json::parse(explained("items where item.author == 7 by item.made take 20", " --format json"));
  EXPECT_EQ(json["steps"][0]["channels"][0]["finds"][0], "author") << json;
  EXPECT_EQ(json["steps"][0]["channels"][0]["walks"], "made");
}

TEST_F(LookUps, AreMadeAgainWithTheirTable) {
  const auto made = [&] { return with_.build().out; };
  EXPECT_NE(made().find("is up to date"), std::string::npos);
  std::string text = catalog(true);
  text.replace(text.find("indexed: [author, city"), 22, "indexed: [author");
  with_.write("catalog.yaml", text);
  EXPECT_NE(made().find("made lookups notes; reused"), std::string::npos);
  with_.write("plays.csv", "user,item,ts\n0,5,1\n0,5,2\n");
  EXPECT_NE(made().find("lookups notes"), std::string::npos) << "they have the statistics too";
  const auto page = with_.pages(pipeline("items by item.clicks take 1"), {{{"user", "0"}}});
  EXPECT_EQ(page[0]["items"][0]["key"], "5");
}

}  // namespace
}  // namespace rec::product
