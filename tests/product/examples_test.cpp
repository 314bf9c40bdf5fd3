// The lessons: every strategy runs on demo data as its page says, and every block of a page is in its strategy.
#include <algorithm>
#include <set>

#include "tests/product/workspace.h"

namespace rec::product {
namespace {

namespace fs = std::filesystem;

/// The demo universe, made once for all lessons.
const Workspace& demo() {
  static const Workspace workspace;
  static const bool made = [] {
    const auto generated =
        workspace.command("rec-build", "demo '" + workspace.path() + "' --users 300 --items 2000 --seed 1");
    EXPECT_EQ(generated.exit, 0) << generated.err;
    const auto built = workspace.build();
    EXPECT_EQ(built.exit, 0) << built.err;
    return true;
  }();
  EXPECT_TRUE(made);
  return workspace;
}

std::vector<fs::path> lessons() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(std::string(REC_SOURCE_DIR) + "/examples")) {
    if (entry.path().extension() == ".rec") out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

/// Lines without their indentation: a page may show a part of a strategy.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const size_t begin = line.find_first_not_of(' ');
    if (begin != std::string::npos) out.push_back(line.substr(begin));
  }
  return out;
}

TEST(Examples, CheckHasNothingToWarnOf) {
  for (const auto& lesson : lessons()) {
    const auto check = demo().rec_run("check --deny-warnings '" + lesson.string() + "' --data '" + demo().path() + "'");
    EXPECT_EQ(check.exit, 0) << lesson << "\n" << check.err;
  }
  demo().write("loud.rec",
               "param idle : int = 3\n\npipeline loud(user: users, item: notes) {\n"
               "  recall { a = items by item.created_at take 9 }\n}\n");
  const std::string loud = "'" + demo().path("loud.rec") + "' --data '" + demo().path() + "'";
  EXPECT_EQ(demo().rec_run("check " + loud).exit, 0);
  const auto denied = demo().rec_run("check --deny-warnings " + loud);
  EXPECT_EQ(denied.exit, 1);
  EXPECT_NE(denied.err.find("R4501"), std::string::npos) << denied.err;
  EXPECT_EQ(demo().rec_run("run " + loud + " --user 1").err.find("R4501"), std::string::npos);
}

TEST(Examples, NoneDiffersFromItself) {
  for (const auto& lesson : lessons()) {
    const auto diff = demo().rec_run("diff '" + lesson.string() + "' '" + lesson.string() + "' --data '" +
                                     demo().path() + "' --user 42");
    EXPECT_EQ(diff.exit, 0) << diff.err;
    EXPECT_NE(diff.out.find("the plans are the same"), std::string::npos) << diff.out;
    EXPECT_NE(diff.out.find("1 same page, 0 others"), std::string::npos) << diff.out;
  }
}

TEST(Examples, EachRunsWithoutAComplaint) {
  ASSERT_GE(lessons().size(), 9U);
  for (const auto& lesson : lessons()) {
    SCOPED_TRACE(lesson.filename());
    const auto run = demo().rec_run("'" + lesson.string() + "' --data '" + demo().path() + "' --user 42 --format json");
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_EQ(run.err, "");
    const Json page = Json::parse(run.out);
    EXPECT_FALSE(page["items"].empty());
    std::set<std::string> keys;
    for (const auto& item : page["items"]) {
      EXPECT_TRUE(keys.insert(item.value("table", "") + ":" + item["key"].get<std::string>()).second) << item;
    }
  }
}

TEST(Examples, EachHasItsPageAndThePageShowsWhatIsInTheStrategy) {
  for (const auto& lesson : lessons()) {
    SCOPED_TRACE(lesson.filename());
    const std::string page = Workspace::read(fs::path(lesson).replace_extension(".md").string());
    ASSERT_FALSE(page.empty());
    const auto strategy = lines_of(Workspace::read(lesson.string()));
    size_t blocks = 0;
    for (size_t at = page.find("```rec\n"); at != std::string::npos; at = page.find("```rec\n", at + 7)) {
      ++blocks;
      const auto block = lines_of(page.substr(at + 7, page.find("```", at + 7) - at - 7));
      EXPECT_NE(std::ranges::search(strategy, block).begin(), strategy.end()) << "not in the strategy: " << block[0];
    }
    EXPECT_GE(blocks, 1U);
    const std::string index = Workspace::read(std::string(REC_SOURCE_DIR) + "/examples/README.md");
    EXPECT_NE(index.find(lesson.filename().string()), std::string::npos) << "examples/README.md does not name it";
  }
}

}  // namespace
}  // namespace rec::product
