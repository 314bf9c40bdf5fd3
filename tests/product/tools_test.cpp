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
