// The pipelines that ship, on real data: what they are documented to reach.
#include <optional>

#include "workspace.h"

namespace rec::product {
namespace {

class RealData : public ::testing::Test {
 protected:
  /// nullopt, with the test skipped by its caller, where the data is not there.
  std::optional<Json> measured(const std::string& kind, const std::string& folder, const std::string& arguments) {
    const std::string from = shared_folder() + "/data/" + folder;
    if (shared_folder().empty() || !std::filesystem::exists(from)) return std::nullopt;
    const Outcome imported =
        space_.command("rec-build", "import " + kind + " '" + from + "' '" + space_.path("data") + "'");
    EXPECT_EQ(imported.exit, 0) << imported.err;
    const Outcome out =
        space_.command("rec-build", "evaluate " + std::string(REC_SOURCE_DIR) + "/pipelines/" + arguments +
                                        " --data '" + space_.path("data") + "' --format json");
    EXPECT_EQ(out.exit, 0) << out.err;
    return Json::parse(out.out);
  }
  static double mean(const Json& out, const char* metric) { return out["metrics"][metric]["20"]["mean"].get<double>(); }

  Workspace space_;
};

TEST_F(RealData, MovieLens) {
  const auto out = measured("movielens", "ml-latest-small", "movies_like_mine.rec --truth likes --holdout random:20%");
  if (!out) GTEST_SKIP() << "no MovieLens beside the project";
  EXPECT_GT(mean(*out, "recall"), 0.30);
  EXPECT_GT(mean(*out, "ndcg"), 0.30);
}

TEST_F(RealData, KuaiRand) {
  const auto out = measured("kuairand", "kuairand_like_hate", "kuairand.rec --truth likes --holdout latest:20%");
  if (!out) GTEST_SKIP() << "no KuaiRand beside the project";
  EXPECT_GT(mean(*out, "recall"), 0.014);
}

TEST_F(RealData, Gowalla) {
  const auto out =
      measured("lightgcn", "gowalla", "gowalla.rec --pipeline gowalla --truth history --holdout test.csv --users 2000");
  if (!out) GTEST_SKIP() << "no Gowalla beside the project";
  EXPECT_GT(mean(*out, "recall"), 0.185);
  EXPECT_GT(mean(*out, "ndcg"), 0.152);
}

}  // namespace
}  // namespace rec::product
