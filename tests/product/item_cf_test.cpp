// ItemCF from CSV to page, against brute-force vectors: similarities of every form, and recommendations.
#include <cmath>
#include <map>

#include "workspace.h"

namespace rec::product {
namespace {

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {}}
  films: {key: id, source: {csv: films.csv}, columns: {}}
request: {seeds: "[int]?"}
events:
  plays: {source: {csv: plays.csv}, user: user, item: item, time: {column: ts, format: unix_seconds}, columns: {like: float}}
sequences:
  seen: {from: plays, keep: 1000}
indexes:
  cosine:          {algorithm: item_cf, from: seen, top_k: 1000, popularity_exponent: 0.5, user_weight: none}
  weighted_cosine: {algorithm: item_cf, from: seen, top_k: 1000, popularity_exponent: 0.5, user_weight: none, weight: e.like}
  iuf:             {algorithm: item_cf, from: seen, top_k: 1000, popularity_exponent: 0.5, user_weight: iuf}
  iuf_timedecay:   {algorithm: item_cf, from: seen, top_k: 1000, popularity_exponent: 0.5, user_weight: iuf, half_life: HALF_LIFE}
)yaml";

void write_case(const Workspace& space, const Json& c) {
  std::string users = "id\n", films = "id\n", plays = "user,item,like,ts\n", catalog = kCatalog;
  for (int u = 0; u < c["n_users"].get<int>(); ++u) users += std::to_string(u) + "\n";
  for (int i = 0; i < c["n_items"].get<int>(); ++i) films += std::to_string(i) + "\n";
  for (const auto& p : c["interactions"])
    plays += p[0].dump() + "," + p[1].dump() + "," + p[2].dump() + "," + p[3].dump() + "\n";
  const double half_life_us = std::log(2.0) / c["lambda_per_day"].get<double>() * 86400e6;
  catalog.replace(catalog.find("HALF_LIFE"), 9, std::to_string(std::llround(half_life_us)) + "us");
  space.write("users.csv", users);
  space.write("films.csv", films);
  space.write("plays.csv", plays);
  space.write("catalog.yaml", catalog);
}

TEST(ItemCfProduct, SimilaritiesAgreeWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "itemcf");
  size_t compared = 0;
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    write_case(space, c);
    const Outcome built = space.build();
    ASSERT_EQ(built.exit, 0) << built.err;
    std::vector<Json> requests;
    for (int i = 0; i < c["n_items"].get<int>(); ++i)
      requests.push_back({{"user", "0"}, {"request", {{"seeds", {i}}}}});
    for (const char* form : {"cosine", "weighted_cosine", "iuf", "iuf_timedecay"}) {
      const std::string text =
          std::string("pipeline page(user: users, item: films) {\n  recall { near = similar_items(") + form +
          ", seeds: request.seeds ?? [], per_seed: 1000) take 1000 }\n  emit score_in(near) as similarity\n}\n";
      const auto pages = space.pages(text, requests);
      ASSERT_EQ(pages.size(), requests.size());
      const auto expected = golden_pairs(c["sim"][form]);
      size_t found = 0;
      for (size_t i = 0; i < pages.size(); ++i) {
        double before = INFINITY;
        for (const auto& item : pages[i]["items"]) {
          const int j = std::stoi(item["key"].get<std::string>());
          const double similarity = item["values"]["similarity"].get<double>();
          const auto it = expected.find({static_cast<int>(i), j});
          ASSERT_NE(it, expected.end()) << form << " " << i << " " << j;
          EXPECT_NEAR(similarity, it->second, 1e-5 * it->second + 1e-12) << form << " " << i << " " << j;
          EXPECT_LE(similarity, before);
          before = similarity;
          ++found;
        }
      }
      EXPECT_EQ(found, expected.size()) << form;
      compared += found;
    }
  }
  EXPECT_GT(compared, 1000U);
}

TEST(ItemCfProduct, RecommendationsAgreeWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "itemcf");
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    write_case(space, c);
    const Outcome built = space.build();
    ASSERT_EQ(built.exit, 0) << built.err;
    const auto& wanted = c["recommend"];
    for (const auto& [form, expected] : wanted["by"].items()) {
      const std::string text =
          "pipeline page(user: users, item: films) {\n  eligible item not in user.seen\n  recall { near = "
          "similar_items(" +
          form + ", seeds: user.seen.last(1000), per_seed: " + wanted["topk_neighbors"].dump() +
          ", weight: e => e.like) take " + wanted["topn"].dump() + " }\n  emit score_in(near) as score\n}\n";
      const auto pages = space.pages(text, {{{"user", wanted["user"].dump()}}});
      ASSERT_EQ(pages.size(), 1U);
      ASSERT_EQ(pages[0]["items"].size(), expected.size()) << form;
      for (size_t k = 0; k < expected.size(); ++k) {
        EXPECT_EQ(pages[0]["items"][k]["key"], expected[k][0].dump()) << form << " " << k;
        EXPECT_NEAR(pages[0]["items"][k]["values"]["score"].get<double>(), expected[k][1].get<double>(), 1e-4)
            << form << " " << k;
      }
    }
  }
}

}  // namespace
}  // namespace rec::product
