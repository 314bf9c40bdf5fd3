// What goes wrong with data and disks while indexes are made: clear words or a clear answer, and nothing half
// published.
#include <limits>
#include <random>

#include "workspace.h"

namespace rec::product {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {taste: {type: vector(4), source: {npy: taste.npy}}}}
  films: {key: id, source: {csv: films.csv}, columns: {likes: int, look: {type: "vector(4)?", source: {npy: look.npy}}}}
events:
  plays: {source: {csv: plays.csv}, user: user, item: film, time: at}
sequences:
  seen: {from: plays, keep: 1000}
indexes:
  cf: {algorithm: item_cf, from: seen}
  swing: {algorithm: swing, from: seen}
  people: {algorithm: user_cf, from: seen}
  factors: {algorithm: als, from: seen, factors: 4}
  flat: {algorithm: flat, vectors: films.look}
  graph: {algorithm: hnsw, vectors: films.look, metric: cosine}
)yaml";

constexpr const char* kPage = R"rec(pipeline page(user: users, item: films) {
  recall {
    similar = similar_items(cf, seeds: user.seen, per_seed: 10)  take 10
    pairs   = similar_items(swing, seeds: user.seen, per_seed: 10)  take 10
    others  = similar_users(people, neighbours: 10, per_user: 10) take 10
    factors = nearest(factors, query: factors.user)              take 10
    near    = nearest(flat, query: user.taste)                   take 10
    graph   = nearest(graph, query: user.taste)                  take 10
    popular = items by item.likes                                take 10
  }
  merge in_order
  emit item.likes
}
)rec";

class Faults : public testing::Test {
 protected:
  void SetUp() override {
    std::string users = "id\n", films = "id,likes\n";
    for (int u = 0; u < 20; ++u) users += std::to_string(u) + "\n";
    for (int f = 0; f < 30; ++f) films += std::to_string(f) + "," + std::to_string(f % 9) + "\n";
    space_.write("catalog.yaml", kCatalog);
    space_.write("users.csv", users);
    space_.write("films.csv", films);
    space_.write("plays.csv", "user,film,at\n");
    space_.write_npy("taste.npy", vectors(20, 3));
    space_.write_npy("look.npy", vectors(30, 4));
  }

  static std::vector<std::vector<float>> vectors(size_t count, uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<float>> out(count, std::vector<float>(4));
    for (auto& vector : out) {
      for (float& value : vector) value = static_cast<float>(random() % 1000) / 1000 + 0.1F;
    }
    return out;
  }

  /// Under a bound on the size of files that stands for a full disk.
  Outcome build_with_files_of(int kibibytes, const std::string& arguments = "") const {
    return space_.command("rec-build", "--version >/dev/null; ulimit -f " + std::to_string(kibibytes * 2) +
                                           "; trap '' XFSZ; '" + std::string(REC_BINARY_DIR) + "/rec-build' '" +
                                           space_.path() + "' " + arguments);
  }

  Workspace space_;
};

TEST_F(Faults, AnEmptyLogMakesEmptyIndexes) {
  const Outcome built = space_.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  EXPECT_EQ(space_.command("rec-build", "check '" + space_.path() + "'").exit, 0);
  const auto pages = space_.pages(kPage, {{{"user", "3"}}});
  EXPECT_GE(pages[0]["items"].size(), 10U);
  for (const auto& item : pages[0]["items"]) {
    for (const char* channel : {"similar", "pairs", "others", "factors"})
      EXPECT_FALSE(item["channels"].contains(channel));
  }
}

TEST_F(Faults, UsersWithoutHistoryAndItemsNobodySawHaveNoNeighbours) {
  space_.write("plays.csv", "user,film,at\n1,2,5\n1,3,6\n2,2,7\n2,3,8\n77,2,9\n1,99,9\n");
  const Outcome built = space_.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  EXPECT_NE(built.err.find("plays.csv: 1 row left out, `user` has no row in `users`: line 6 (`77`)"), std::string::npos)
      << built.err;
  EXPECT_NE(built.err.find("plays.csv: 1 row left out, `film` has no row in `films`: line 7 (`99`)"), std::string::npos)
      << built.err;
  const auto pages = space_.pages(kPage, {{{"user", "1"}}, {{"user", "5"}}});
  const auto from = [](const Json& page, const std::string& channel) {
    int count = 0;
    for (const auto& item : page["items"]) count += item["channels"].contains(channel) ? 1 : 0;
    return count;
  };
  EXPECT_GT(from(pages[0], "others"), 0);
  for (const char* channel : {"similar", "pairs", "others", "factors"})
    EXPECT_EQ(from(pages[1], channel), 0) << channel;
  EXPECT_GT(from(pages[1], "popular"), 0);
}

TEST_F(Faults, VectorsThatAreNotFiniteAreCountedOrLeftOut) {
  auto look = vectors(30, 4);
  look[3].assign(4, std::numeric_limits<float>::quiet_NaN());  // missing
  look[7][2] = std::numeric_limits<float>::quiet_NaN();        // damaged
  look[8][0] = std::numeric_limits<float>::infinity();
  space_.write_npy("look.npy", look);
  const Outcome built = space_.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  EXPECT_NE(built.err.find("2 rows left out, `look` is not finite: line 9, line 10"), std::string::npos) << built.err;
  EXPECT_NE(built.err.find("index flat: 1 of 28 items have no vector"), std::string::npos) << built.err;
  const auto pages = space_.pages(
      "pipeline page(user: users, item: films) {\n  recall {\n    near = nearest(flat, query: user.taste) take 100\n   "
      " "
      "graph = nearest(graph, query: user.taste) take 100\n  }\n  merge in_order\n  emit score_in(near) as score\n}\n",
      {{{"user", "1"}}});
  EXPECT_EQ(pages[0]["items"].size(), 27U);
}

TEST_F(Faults, InnerProductOfVeryUnequalVectorsIsRemarkedOn) {
  ASSERT_EQ(space_.build().err.find("metric: cosine"), std::string::npos);
  auto look = vectors(30, 4);
  for (size_t k = 0; k < look.size(); k += 2) {
    for (float& value : look[k]) value *= 100;
  }
  space_.write_npy("look.npy", look);
  const Outcome built = space_.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  EXPECT_NE(built.err.find("note: index flat: a tenth of its vectors are shorter than"), std::string::npos)
      << built.err;
  EXPECT_NE(built.err.find("`metric: cosine` compares directions"), std::string::npos);
  EXPECT_EQ(built.err.find("index graph:"), std::string::npos) << "the cosine has no lengths";
}

TEST_F(Faults, ADiskThatIsFullLeavesTheGenerationBefore) {
  ASSERT_EQ(space_.build().exit, 0);
  const std::string current = Workspace::read(space_.path("CURRENT"));
  std::string films = "id,likes\n", plays = "user,film,at\n";
  for (int f = 0; f < 900; ++f) films += std::to_string(f) + ",1\n";
  std::mt19937 random(9);
  for (int k = 0; k < 6000; ++k)
    plays += std::to_string(random() % 20) + "," + std::to_string(random() % 900) + "," + std::to_string(k) + "\n";
  space_.write("films.csv", films);
  space_.write_npy("look.npy", vectors(900, 4));
  space_.write("plays.csv", plays);
  for (const char* memory : {"", "--memory 100kB"}) {  // an index, or what is put aside for it
    const Outcome built = build_with_files_of(400, memory);
    EXPECT_EQ(built.exit, 3) << built.err;
    EXPECT_NE(built.err.find("error[R6511]: cannot write " + space_.path("generations/2.tmp")), std::string::npos)
        << built.err;
    EXPECT_NE(built.err.find("File too large"), std::string::npos) << built.err;
    EXPECT_EQ(Workspace::read(space_.path("CURRENT")), current);
    EXPECT_FALSE(fs::exists(space_.path("generations/2.tmp")));
    EXPECT_EQ(space_.command("rec-build", "check '" + space_.path() + "'").exit, 0);
  }
  const Outcome built = space_.build("--memory 100kB");
  EXPECT_EQ(built.exit, 0) << built.err;
  EXPECT_EQ(space_.command("rec-build", "check '" + space_.path() + "'").exit, 0);
}

}  // namespace
}  // namespace rec::product
