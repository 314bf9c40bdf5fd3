// The demo universe: the same bytes each time, and users who behave as docs/demo.md says.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "compiler/catalog/catalog.h"
#include "compiler/types/text.h"
#include "offline/simulation/demo.h"
#include "offline/simulation/random.h"
#include "tests/offline/temporary_folder.h"

namespace rec::simulation {
namespace {

using rec::testing::TemporaryFolder;

constexpr DemoOptions kSmall{.users = 300, .items = 1000, .exposures_per_user = 55, .seed = 3, .write_truth = true};
const std::vector<std::string> kFiles = {"catalog.yaml", "users.csv",    "notes.csv",
                                         "content.npy",  "feedback.csv", "truth.csv"};

TEST(Demo, SameOptionsSameBytes) {
  const TemporaryFolder first, second, other;
  ASSERT_TRUE(write_demo(first.path(), kSmall));
  ASSERT_TRUE(write_demo(second.path(), kSmall));
  auto options = kSmall;
  options.seed = 4;
  ASSERT_TRUE(write_demo(other.path(), options));
  for (const std::string& file : kFiles) EXPECT_EQ(first.read(file), second.read(file)) << file;
  for (const std::string& file : kFiles) {
    if (file == "catalog.yaml") continue;
    EXPECT_NE(first.read(file), other.read(file)) << file;
  }
}

TEST(Demo, RandomNumbersArePinned) {
  Random random(1);
  EXPECT_EQ(random.next(), 10451216379200822465ULL);
  EXPECT_EQ(random.next(), 13757245211066428519ULL);
}

TEST(Demo, CatalogFitsTheFiles) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_demo(folder.path(), kSmall));
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto catalog = catalog::read_catalog(folder.path("catalog.yaml"), sources, diagnostics);
  ASSERT_EQ(diagnostics::render_text(diagnostics, sources), "");
  const auto check = [&](const std::string& path, const std::vector<catalog::Column>& columns) {
    const auto reader = ingest::DelimitedReader::open(folder.path(path), {});
    ASSERT_TRUE(reader);
    for (const auto& column : columns) {
      if (!column.npy.empty() || column.is_statistic) continue;
      EXPECT_GE(reader->field(column.source_name), 0) << path << " " << column.name;
    }
  };
  for (const auto& table : catalog.tables) check(table.source.path, table.columns);
  check(catalog.events[0].source.path, catalog.events[0].columns);
  const auto content = ingest::NpyMatrix::open(folder.path("content.npy"));
  ASSERT_TRUE(content);
  EXPECT_EQ(content->rows(), kSmall.items);
  EXPECT_EQ(content->columns(), catalog.table("notes")->column("content")->type.size);
}

struct Rate {
  double clicks = 0, shown = 0;
  double value() const { return clicks / shown; }
};

TEST(Demo, UsersActOnPositionAndAffinity) {
  const TemporaryFolder folder;
  const DemoOptions options{.users = 1000, .items = 3000, .exposures_per_user = 60, .seed = 1, .write_truth = true};
  const auto summary = write_demo(folder.path(), options);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->exposures, 60'000U);
  std::map<std::pair<std::string, std::string>, double> affinity;
  auto truth = ingest::DelimitedReader::open(folder.path("truth.csv"), {});
  ASSERT_TRUE(truth);
  while (truth->next())
    affinity[{std::string(truth->fields()[0]), std::string(truth->fields()[1])}] =
        *types::parse_double(truth->fields()[2]);
  auto feedback = ingest::DelimitedReader::open(folder.path("feedback.csv"), {});
  ASSERT_TRUE(feedback);
  std::array<Rate, 11> by_position{};
  Rate all, likes;
  double clicked_affinity = 0, passed_affinity = 0;
  int64_t before = 0;
  while (feedback->next()) {
    const auto& row = feedback->fields();
    const int64_t time = *types::parse_int(row[2]);
    EXPECT_GE(time, before);
    before = time;
    const bool clicked = row[4] == "true";
    for (Rate* rate : {&all, &by_position[static_cast<size_t>(*types::parse_int(row[3]))]}) {
      rate->shown += 1;
      rate->clicks += clicked ? 1 : 0;
    }
    likes.clicks += row[5] == "true" ? 1 : 0;
    EXPECT_TRUE(clicked || row[5] == "false") << "nobody likes what they did not open";
    const auto found = affinity.find({std::string(row[0]), std::string(row[1])});
    ASSERT_NE(found, affinity.end());
    (clicked ? clicked_affinity : passed_affinity) += found->second;
  }
  EXPECT_GT(by_position[1].value(), 1.3 * by_position[10].value());
  EXPECT_GT(by_position[2].value(), by_position[8].value());
  EXPECT_GT(clicked_affinity / all.clicks, 0.05 + passed_affinity / (all.shown - all.clicks));
  EXPECT_GT(all.value(), 0.1);
  EXPECT_LT(all.value(), 0.4);
  EXPECT_GT(likes.clicks / all.clicks, 0.1);
}

TEST(Demo, TheSmallestUniversesExist) {
  for (const uint32_t items : {1U, 2U, 30U}) {
    const TemporaryFolder folder;
    const auto summary = write_demo(
        folder.path(), {.users = 1, .items = items, .exposures_per_user = 25, .seed = 9, .write_truth = true});
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->exposures, 25U);
  }
  EXPECT_FALSE(write_demo("", {.users = 0}));
}

}  // namespace
}  // namespace rec::simulation
