// `rec-run test`: what holds, what does not, and how it is said.
#include "tests/product/workspace.h"

namespace rec::product {
namespace {

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {city: string, blocked: "[int]"}}
  notes:
    key: id
    source: {csv: notes.csv}
    columns: {author: int, likes: int, score: float?, kind: string, made: {type: time, format: unix_seconds}, tags: "[string]"}
  ads: {key: id, source: {csv: ads.csv}, columns: {bid: float}}
request: {scene: string?}
events:
  acts: {source: {csv: acts.csv}, user: user, item: note, users: users, items: notes, time: {column: ts, format: unix_seconds}, columns: {action: string}}
sequences:
  clicks: {from: acts, where: 'e.action == "click"', keep: 10}
indexes:
  cf: {algorithm: item_cf, from: clicks, top_k: 5, user_weight: none, popularity_exponent: 0.5}
)yaml";

constexpr const char* kPipeline = R"rec(param least : int = 0 within 0 .. 100
pipeline offers(user: users, item: ads) { recall { all = items by item.bid take 5 } }
pipeline broken(user: users, item: notes) { recall { nobody = items where item.likes < 0 take 1 } }
pipeline page(user: users, item: notes) {
  eligible item.author not in user.blocked
  recall {
    like = similar_items(cf, seeds: user.clicks, per_seed: 5) take 5
    all  = items where item.likes >= least by item.likes      take 10
  }
  merge in_order
  let value = float(item.likes) + (item.score ?? 0.5)
  top 6 by value
  insert offers take 1 at 2
  emit value, item.author as writer
}
)rec";

void prepare(const Workspace& space) {
  space.write("catalog.yaml", kCatalog);
  space.write("users.csv", "id,city,blocked\n1,Rome,3\n2,Oslo,\n");
  space.write(
      "notes.csv",
      "id,author,likes,score,kind,made,tags\n10,1,5,0.1,video,1000,a|b\n20,2,7,,image,2000,b\n30,3,9,0.3,video,3000,\n"
      "40,4,1,0.4,image,4000,c\n");
  space.write("ads.csv", "id,bid\n1,0.5\n2,0.7\n");
  space.write("acts.csv", "user,note,ts,action\n1,10,5000,click\n1,20,5001,click\n2,20,5002,click\n2,40,5003,click\n");
  ASSERT_EQ(space.build().exit, 0);
}

class TestBlocks : public testing::Test {
 protected:
  Outcome run(const std::string& tests, const std::string& arguments = "") {
    space_.write("page.rec", kPipeline + tests);
    return space_.rec_run("test '" + space_.path("page.rec") + "' --data '" + space_.path() + "' " + arguments);
  }
  void holds(const std::string& body) {
    const Outcome outcome = run("test \"t\" {\n" + body + "\n}\n");
    EXPECT_EQ(outcome.exit, 0) << body << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find("1 passed, 0 failed"), std::string::npos) << outcome.out;
  }
  /// And what is seen is said.
  void fails(const std::string& body, const std::string& seen) {
    const Outcome outcome = run("test \"t\" {\n" + body + "\n}\n");
    EXPECT_EQ(outcome.exit, 1) << body << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find(seen), std::string::npos) << body << outcome.out;
  }
  void SetUp() override { prepare(space_); }
  Workspace space_;
};

const std::string kUser = "given user { id: 1 } run page ";

TEST_F(TestBlocks, EachExpectationHoldsAndFails) {
  // 30 is by a blocked author: 20 and 10 and 40 stay, an ad at 2
  holds(kUser + "expect count() == 4 expect count() != 3 expect 5 > count() expect count() >= 4");
  fails(kUser + "expect count() == 3", "the page has 4 items");
  fails(kUser + "expect 4 > count()", "the page has 4 items");
  holds(kUser + "expect no(item.author == 3) expect no(writer == 3)");
  fails(kUser + "expect no(item.author == 4)", "1 of 3 is so: the first is 40 at position 4 (value 1.4, writer 4)");
  holds(kUser + "expect every(value > 1)");
  fails(kUser + "expect every(item.kind == \"video\")", "2 of 3 are not so: the first is 20 at position 1");
  holds(kUser + "expect at 2: inserted expect at 1: not inserted");
  fails(kUser + "expect at 1: inserted", "20 of notes stands there, which was not inserted");
  fails(kUser + "expect at 2: not inserted", "2 of ads stands there, which was inserted");
  fails(kUser + "expect at 9: inserted", "the page has 4 items");
  holds(kUser + "expect at 1: item.likes == 7 expect from(all) at 3");
  fails(kUser + "expect at 1: item.likes == 8", "there is 20 at position 1");
  fails(kUser + "expect at 2: item.likes == 8", "a row of ads was inserted there: 2");
  holds(kUser + "expect ordered by value expect ordered by (if item.author == 2 then 1 else 0)");
  fails(kUser + "expect ordered by value asc", "5.1 at position 3 follows 7.5 at position 1");
  fails(kUser + "expect error \"R80\"", "the request succeeded");
}

TEST_F(TestBlocks, WhatIsGivenLiesOverTheData) {
  holds("given user { id: 1, blocked: [] } run page expect at 1: item.id == 30 expect count() == 5");
  holds("given user { id: 99, city: \"Bergen\", blocked: [2, 1] } run page expect no(item in [10, 20])");
  holds(
      "given user { id: 1 } given item { id: 15, likes: 50, kind: \"unheard of\", tags: [\"zz\", \"a\"] } run page\n"
      "expect at 1: item.id == 15 and item.kind == \"unheard of\" and item.score is none and \"zz\" in item.tags\n"
      "expect every(item.id != 10 or item.kind == \"video\" and \"b\" in item.tags) expect at 1: item.author == 0");
  holds(
      "given user { id: 1 } given item [{ id: 10, likes: 90 }, { id: 40, score: none, made: now - 1h }] run page\n"
      "expect at 1: item.id == 10 and item.author == 1 expect every(item.id != 40 or item.score is none and "
      "age(item.made) "
      "== 1h)");
  holds("given user { id: 1 } given ads { id: 3, bid: 9.0 } run page expect count() == 4");
}

TEST_F(TestBlocks, SequencesIndexesRequestsAndParametersAreGiven) {
  // the neighbours of 40 are those it has without a new row before it
  holds(
      "given user { id: 2 } given clicks [{ item: 40, action: \"click\" }] given item { id: 5, likes: 0 } run page\n"
      "expect every(item.id == 20 or not from(like)) expect no(item.id == 40 and from(like)) expect no(item.id == 20 "
      "and not "
      "from(like))");
  holds("given user { id: 2 } given clicks [] run page expect no(from(like))");
  holds("given user { id: 2 } with least = 6 run page expect no(item.likes < 6 and from(all))");
  holds(
      "given user { id: 2 } with request { scene: \"x\", id: \"r\", now: time(\"2026-11-01\") } run page\n"
      "given clicks [{ item: 10, time: now - 2d }] expect every(user.clicks.within(1d).count() == 0 and "
      "user.clicks.within(3d).count() == 1)");
}

TEST_F(TestBlocks, FilesOfTestsAreCountedAndFiltered) {
  const std::string two =
      "test \"first\" { given user { id: 1 } run page expect count() == 4 }\n"
      "test \"second\" { given user { id: 1 } run broken expect count() == 4 }\n";
  const Outcome both = run(two);
  EXPECT_EQ(both.exit, 1);
  EXPECT_NE(both.out.find("ok      first\nFAILED  second\n"), std::string::npos) << both.out;
  EXPECT_NE(both.out.find("1 passed, 1 failed"), std::string::npos);
  EXPECT_EQ(run(two, "--filter first").exit, 0);
  const Json json = Json::parse(run(two, "--format json").out);
  EXPECT_EQ(json[0]["passed"], true);
  EXPECT_EQ(json[1]["failures"][0]["code"], "R8070");
  EXPECT_EQ(run("test \"t\" { run nothing }").exit, 1);
  EXPECT_EQ(space_.rec_run("test nowhere.rec --data '" + space_.path() + "'").exit, 3);
}

TEST_F(TestBlocks, GoldenOfAFailure) {
  const Outcome outcome = run("test \"few\" {\n  given user { id: 1 }\n  run page\n  expect count() == 2\n}\n");
  std::string text = outcome.out;
  for (size_t at = text.find(space_.path() + "/"); at != std::string::npos; at = text.find(space_.path() + "/"))
    text.erase(at, space_.path().size() + 1);
  const std::string golden = std::string(REC_SOURCE_DIR) + "/tests/product/goldens/ExpectationThatFails.expected";
  if (std::getenv("REC_UPDATE") != nullptr) std::ofstream(golden, std::ios::binary) << text;
  EXPECT_EQ(text, Workspace::read(golden));
}

TEST(Examples, TheirTestsHold) {
  const Workspace space;
  ASSERT_EQ(space.command("rec-build", "demo '" + space.path() + "' --users 300 --items 2000 --seed 1").exit, 0);
  ASSERT_EQ(space.build().exit, 0);
  const Outcome outcome =
      space.rec_run("test '" REC_SOURCE_DIR "/examples/13_tests.rec' --data '" + space.path() + "'");
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("3 passed, 0 failed"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace rec::product
