// calibrate(p, keep) from CSV to page, against golden vectors.
#include "workspace.h"

namespace rec::product {
namespace {

TEST(CalibrationProduct, AgreesWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "calibration");
  const Workspace space;
  std::string rows = "id,p,keep\n";
  int id = 0;
  for (const auto& c : vectors["cases"])
    rows += std::to_string(id++) + "," + c["p_pred"].dump() + "," + c["alpha_neg_keep"].dump() + "\n";
  space.write("users.csv", "id\n1\n");
  space.write("ads.csv", rows);
  space.write("catalog.yaml",
              "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {}}\n"
              "  ads: {key: id, source: {csv: ads.csv}, columns: {p: float, keep: float}}\n");
  const Outcome built = space.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  const auto pages = space.pages(
      "pipeline page(user: users, item: ads) {\n  recall { all = items take 1000 }\n  emit calibrate(item.p, "
      "item.keep) as p\n}\n",
      {{{"user", "1"}}});
  ASSERT_EQ(pages.size(), 1U);
  ASSERT_EQ(pages[0]["items"].size(), vectors["cases"].size());
  for (size_t i = 0; i < vectors["cases"].size(); ++i) {
    const double expected = vectors["cases"][i]["p_true"].get<double>();
    EXPECT_NEAR(pages[0]["items"][i]["values"]["p"].get<double>(), expected, 1e-4 * expected) << i;
  }
}

}  // namespace
}  // namespace rec::product
