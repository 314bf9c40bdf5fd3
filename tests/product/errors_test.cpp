// Bad input, as a user meets it: what is said, and the exit code. goldens/NAME.expected holds the words; REC_UPDATE=1
// rewrites them.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <functional>
#include <regex>

#include "workspace.h"

namespace rec::product {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {city: string}}
  notes: {key: id, source: {csv: notes.csv}, columns: {topic: string, likes: int}}
request: {floor: int, scene: string?}
events:
  acts: {source: {csv: acts.csv}, user: user, item: note, time: {column: at, format: unix_seconds}, columns: {liked: bool}}
sequences:
  seen: {from: acts, keep: 100}
indexes:
  cf: {algorithm: item_cf, from: seen, top_k: 10}
)yaml";

constexpr const char* kPage = R"rec(param bonus : float = 1.0 within 0.0 .. 2.0
pipeline page(user: users, item: notes) {
  eligible item not in user.seen
  recall {
    near    = similar_items(cf, seeds: user.seen, per_seed: 10) take 10
    popular = items by item.likes take 10
  }
  merge in_order
  where item.likes >= request.floor
  emit item.topic, bonus * float(item.likes) as value
}
)rec";

void write_files(const Workspace& space) {
  space.write("catalog.yaml", kCatalog);
  space.write("users.csv", "id,city\n1,a\n2,b\n3,c\n");
  space.write("notes.csv", "id,topic,likes\n10,p,5\n11,q,3\n12,p,9\n13,r,1\n");
  space.write("acts.csv", "user,note,at,liked\n1,10,100,1\n1,11,101,0\n2,10,102,1\n2,12,103,1\n");
  space.write("page.rec", kPage);
}

void build(const Workspace& space) {
  const Outcome built = space.build();
  ASSERT_EQ(built.exit, 0) << built.err;
}

Outcome ask(const Workspace& space, const std::string& arguments) {
  return space.rec_run("'" + space.path("page.rec") + "' --data '" + space.path() + "' " + arguments);
}

/// Compares what was said, the workspace's path left out, with the golden of this test's name.
void expect_said(const Workspace& space, const std::string& text) {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string shown = std::regex_replace(text, std::regex(space.path()), "DIR");
  const fs::path file = fs::path(REC_SOURCE_DIR) / "tests/product/goldens" / (name + ".expected");
  if (std::getenv("REC_UPDATE")) {
    std::ofstream(file, std::ios::binary) << shown;
  } else {
    EXPECT_EQ(shown, Workspace::read(file));
  }
}

class Errors : public testing::Test {
 protected:
  void SetUp() override { write_files(space_); }
  Workspace space_;
};

// ---- requests ----

TEST_F(Errors, UnknownUser) {
  build(space_);
  const Outcome run = ask(space_, "--user 99 --request '{\"floor\": 0}'");
  EXPECT_EQ(run.exit, 3);
  EXPECT_EQ(run.out, "");
  expect_said(space_, run.err);
}

TEST_F(Errors, UnknownUserGetsAPageWhereTheCatalogSaysHow) {
  std::string catalog = kCatalog;
  catalog.replace(catalog.find("columns: {city: string}"), 23, "columns: {city: string}, unknown: {city: \"\"}");
  space_.write("catalog.yaml", catalog);
  build(space_);
  const Outcome run = ask(space_, "--user 99 --request '{\"floor\": 0}' --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json page = Json::parse(run.out);
  ASSERT_EQ(page["items"].size(), 4U);
  EXPECT_EQ(page["items"][0]["key"], "12");
  EXPECT_FALSE(page["items"][0]["channels"].contains("near"));
}

TEST_F(Errors, AnEmptyHistoryGetsAPageFromTheOtherChannels) {
  build(space_);
  const Outcome run = ask(space_, "--user 3 --request '{\"floor\": 0}' --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json page = Json::parse(run.out);
  EXPECT_EQ(page["items"].size(), 4U);
  for (const auto& item : page["items"]) EXPECT_TRUE(item["channels"].contains("popular"));
}

TEST_F(Errors, MissingRequestField) {
  build(space_);
  const Outcome run = ask(space_, "--user 1");
  EXPECT_EQ(run.exit, 2);  // what --request lacks is a matter of usage
  expect_said(space_, run.err);
}

TEST_F(Errors, UnknownItem) {
  build(space_);
  const Outcome run = space_.rec_run("why '" + space_.path("page.rec") + "' --data '" + space_.path() +
                                     "' --user 1 --request '{\"floor\": 0}' --item 77");
  EXPECT_EQ(run.exit, 3);
  EXPECT_EQ(run.out, "");
  expect_said(space_, run.err);
}

TEST_F(Errors, UnknownRequestField) {
  build(space_);
  const Outcome run = ask(space_, "--user 1 --request '{\"flor\": 1}'");
  EXPECT_NE(run.exit, 0);
  expect_said(space_, run.err);
}

TEST_F(Errors, UnknownParameter) {
  build(space_);
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}' --set bonsu=1.5");
  EXPECT_NE(run.exit, 0);
  expect_said(space_, run.err);
}

TEST_F(Errors, ParameterOutOfBounds) {
  build(space_);
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}' --set bonus=3");
  EXPECT_NE(run.exit, 0);
  expect_said(space_, run.err);
}

TEST_F(Errors, OneBadRequestOfManyLosesNothing) {
  build(space_);
  space_.write("requests.jsonl",
               "{\"user\": \"1\", \"request\": {\"floor\": 0}}\n{\"user\": \"77\", \"request\": {\"floor\": 0}}\nnot "
               "json\n{\"user\": \"2\", \"request\": {\"floor\": 0}}\n");
  const Outcome run = ask(space_, "--requests '" + space_.path("requests.jsonl") + "' --format json");
  EXPECT_EQ(run.exit, 3);
  std::istringstream lines(run.out);
  std::vector<Json> results;
  for (std::string line; std::getline(lines, line);) results.push_back(Json::parse(line));
  ASSERT_EQ(results.size(), 4U);
  EXPECT_TRUE(results[0].contains("items"));
  EXPECT_TRUE(results[1].contains("error"));
  EXPECT_TRUE(results[2].contains("error"));
  EXPECT_TRUE(results[3].contains("items"));
  expect_said(space_, run.err);
}

TEST_F(Errors, RecordedRequestsRunAgain) {
  build(space_);
  const std::string log = space_.path("log.jsonl");
  const Outcome first =
      ask(space_, "--user 1 --request '{\"floor\": 2}' --set bonus=1.5 --format json --record '" + log + "'");
  ASSERT_EQ(first.exit, 0) << first.err;
  const Outcome again = ask(space_, "--requests '" + log + "' --format json");
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(Json::parse(first.out), Json::parse(again.out));
}

TEST_F(Errors, RecordThatCannotBeWritten) {
  build(space_);
  const Outcome run =
      ask(space_, "--user 1 --request '{\"floor\": 0}' --record '" + space_.path("no/such/folder/log") + "'");
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

// ---- files ----

TEST_F(Errors, NoGeneration) {
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}'");
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, TruncatedGeneration) {
  build(space_);
  fs::resize_file(space_.path("generations/1/notes.table"), 100);
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}'");
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, ForeignFileInAGeneration) {
  build(space_);
  space_.write("generations/1/notes.table", std::string(4096, 'x'));
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}'");
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, DataOfAnotherVersion) {
  build(space_);
  std::fstream file(space_.path("generations/1/notes.table"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(8);  // the version, behind the magic
  file.put('\x63');
  file.close();
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}'");
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, DamagedUserStore) {
  build(space_);
  space_.write("users.mdb", "no database");
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}'");
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, CatalogChangedSinceTheBuild) {
  build(space_);
  space_.write("catalog.yaml", std::string(kCatalog) + "\n# one more line\n");
  const Outcome run = ask(space_, "--user 1 --request '{\"floor\": 0}'");
  EXPECT_EQ(run.exit, 0);
  expect_said(space_, run.err);
}

TEST_F(Errors, CatalogThatDoesNotMatchItsFiles) {
  space_.write("notes.csv", "id,subject,likes\n10,p,5\n");
  const Outcome run = space_.build();
  EXPECT_EQ(run.exit, 1);
  expect_said(space_, run.err);
}

TEST_F(Errors, MissingRawFile) {
  fs::remove(space_.path("acts.csv"));
  const Outcome run = space_.build();
  EXPECT_NE(run.exit, 0);
  expect_said(space_, run.err);
}

TEST_F(Errors, BadRowsAreErrorsWhenStrict) {
  space_.write("notes.csv", "id,topic,likes\n10,p,5\n11,q,many\n12,p\n10,again,1\n");
  const Outcome run = space_.build("--strict");
  EXPECT_EQ(run.exit, 1);
  expect_said(space_, run.err);
}

TEST_F(Errors, BadRowsAreCountedAndTheRestIsBuilt) {
  space_.write("notes.csv", "id,topic,likes\n10,p,5\n11,q,many\n12,p\n10,again,1\n");
  const Outcome run = space_.build();
  EXPECT_EQ(run.exit, 0);
  expect_said(space_, std::regex_replace(run.err, std::regex("in [0-9.]+ s"), "in TIME"));
}

TEST_F(Errors, VectorsThatDoNotFitTheTable) {
  std::string catalog = kCatalog;
  catalog.replace(catalog.find("likes: int}"), 11, "likes: int, v: {type: \"vector(2)\", source: {npy: v.npy}}}");
  space_.write("catalog.yaml", catalog);
  space_.write_npy("v.npy", {{1, 2}, {3, 4}});
  const Outcome run = space_.build();
  EXPECT_NE(run.exit, 0);
  expect_said(space_, run.err);
}

TEST_F(Errors, StatisticOfAStatistic) {
  space_.write("catalog.yaml", std::string(kCatalog) +
                                   "statistics:\n  notes.n: {from: acts, value: count}\n  notes.m: {from: acts, where: "
                                   "e.item.n > 1, value: count}\n");
  const Outcome run = space_.build();
  EXPECT_NE(run.exit, 0);
  expect_said(space_, run.err);
}

TEST_F(Errors, GroupedStatistic) {
  space_.write("catalog.yaml",
               std::string(kCatalog) + "statistics:\n  notes.n: {from: acts, value: count, by: e.liked}\n");
  const Outcome run = space_.build();
  expect_said(space_, std::regex_replace(run.err, std::regex("in [0-9.]+ s"), "in TIME"));
}

TEST_F(Errors, AnotherBuildIsRunning) {
  build(space_);
  const int lock = open(space_.path(".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_GE(lock, 0);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  const Outcome run = space_.build();
  close(lock);
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, DataThatCannotBeWritten) {
  space_.write("generations", "a file where a folder should be");
  const Outcome run = space_.build();
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, NoCatalog) {
  fs::remove(space_.path("catalog.yaml"));
  const Outcome run = space_.build();
  EXPECT_NE(run.exit, 0);
  expect_said(space_, run.err);
}

// ---- strategies ----

TEST_F(Errors, FiftyThousandParentheses) {
  build(space_);
  space_.write("page.rec", "pipeline page(user: users, item: notes) {\n  recall { a = items take 1 }\n  where " +
                               std::string(50000, '(') + "true" + std::string(50000, ')') + "\n}\n");
  const Outcome run = space_.rec_run("check '" + space_.path("page.rec") + "' --data '" + space_.path() + "'");
  EXPECT_EQ(run.exit, 1);
  EXPECT_LT(run.err.size() + run.out.size(), 5000U) << "the frame shows the place, not the whole line";
  EXPECT_NE((run.err + run.out).find("page.rec:3:"), std::string::npos) << run.err << run.out;
}

TEST_F(Errors, FileThatIsNoUtf8) {
  build(space_);
  space_.write("page.rec", "pipeline page(user: users, item: notes) {\n  \xff\n}\n");
  const Outcome run = ask(space_, "--user 1");
  EXPECT_EQ(run.exit, 3);
  expect_said(space_, run.err);
}

TEST_F(Errors, EmptyFile) {
  build(space_);
  space_.write("page.rec", "");
  const Outcome run = ask(space_, "--user 1");
  EXPECT_EQ(run.exit, 1);
  expect_said(space_, run.err);
}

TEST_F(Errors, DirectoryInPlaceOfAFile) {
  build(space_);
  const Outcome run = space_.rec_run("'" + space_.path() + "' --data '" + space_.path() + "' --user 1");
  EXPECT_NE(run.exit, 0);
  EXPECT_NE(run.exit, 70);
  expect_said(space_, run.err);
}

TEST_F(Errors, MissingFile) {
  build(space_);
  const Outcome run = space_.rec_run("nowhere.rec --data '" + space_.path() + "' --user 1");
  EXPECT_NE(run.exit, 0);
  EXPECT_NE(run.exit, 70);
  expect_said(space_, run.err);
}

}  // namespace
}  // namespace rec::product
