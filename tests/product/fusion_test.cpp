// The shipped fusion formulas from CSV to page, against golden vectors.
#include <array>
#include <cmath>

#include "workspace.h"

namespace rec::product {
namespace {

constexpr std::array kTargets{"click", "like", "collect", "share", "time"};

TEST(FusionProduct, AgreesWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "fusion");
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    std::string rows = "id,click,like,collect,share,time,price\n";
    const size_t n = c["price"].size();
    for (size_t i = 0; i < n; ++i) {
      rows += std::to_string(i);
      for (const char* target : kTargets) rows += "," + c["preds"][target][i].dump();
      rows += "," + c["price"][i].dump() + "\n";
    }
    space.write("users.csv", "id\n1\n");
    space.write("notes.csv", rows);
    space.write("catalog.yaml",
                "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {}}\n"
                "  notes: {key: id, source: {csv: notes.csv}, columns: {click: float, like: float, collect: float, "
                "share: float, time: float, price: float}}\n");
    ASSERT_EQ(space.build().exit, 0);
    std::string parameters;
    for (const char* target : kTargets) {
      for (const auto& [name, group] : {std::pair{"w", "weights"}, {"a", "alphas"}, {"b", "betas"}}) {
        const double value = c[group][target].get<double>();
        char text[40];
        std::snprintf(text, sizeof text, "%.6f", value);
        parameters += "param " + std::string(name) + "_" + target + " : float = " + text + "\n";
      }
    }
    const auto pages = space.pages(
        "import \"" REC_SOURCE_DIR "/pipelines/lib/formulas.rec\"\n" + parameters +
            "pipeline page(user: users, item: notes) {\n  recall { all = items take 1000 }\n"
            "  emit weighted_sum(item.click, item.like, item.collect, item.share, 1.0, w_like, w_collect, w_share) as "
            "weighted_sum,\n"
            "    click_times(item.click, item.like, item.collect, item.share, w_like, w_collect, w_share) as "
            "click_times,\n"
            "    power_factor(item.time, w_time, a_time) * power_factor(item.like, w_like, a_like) *\n"
            "      power_factor(item.share, w_share, a_share) as power_product,\n"
            "    rank_term(rank(item.time), w_time, a_time, b_time) + rank_term(rank(item.click), w_click, a_click, "
            "b_click) +\n      rank_term(rank(item.like), w_like, a_like, b_like) as rank_fusion,\n"
            "    commerce_value(item.click, item.like, item.share, item.price, a_click, a_like, a_share, a_time) as "
            "ecommerce_power\n}\n",
        {{{"user", "1"}}});
    ASSERT_EQ(pages.size(), 1U);
    for (const char* formula : {"weighted_sum", "click_times", "power_product", "rank_fusion", "ecommerce_power"}) {
      for (size_t i = 0; i < n; ++i) {
        const double expected = c[formula][i].get<double>();
        EXPECT_NEAR(pages[0]["items"][i]["values"][formula].get<double>(), expected, 2e-5 * std::abs(expected))
            << formula << " of " << i;
      }
    }
  }
}

}  // namespace
}  // namespace rec::product
