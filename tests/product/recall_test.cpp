// Swing, UserCF, matrix factorisation and vector search from CSV to page, against golden vectors and brute force.
#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "workspace.h"

namespace rec::product {
namespace {

constexpr const char* kTables = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {}}
  films: {key: id, source: {csv: films.csv}, columns: {}}
request: {seeds: "[int]?"}
events:
  plays: {source: {csv: plays.csv}, user: user, item: item, time: ts}
sequences:
  seen: {from: plays, keep: 1000}
indexes:
)yaml";

void write_case(const Workspace& space, const Json& c, const std::string& indexes) {
  std::string users = "id\n", films = "id\n", plays = "user,item,ts\n";
  for (int u = 0; u < c["n_users"].get<int>(); ++u) users += std::to_string(u) + "\n";
  for (int i = 0; i < c["n_items"].get<int>(); ++i) films += std::to_string(i) + "\n";
  for (const auto& p : c["interactions"]) plays += p[0].dump() + "," + p[1].dump() + ",0\n";
  space.write("users.csv", users);
  space.write("films.csv", films);
  space.write("plays.csv", plays);
  space.write("catalog.yaml", kTables + indexes);
}

TEST(SwingProduct, SimilaritiesAgreeWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "swing");
  size_t compared = 0;
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    std::string indexes;
    for (const char* weighting : {"none", "inv_sqrt", "power"}) {
      indexes += std::string("  ") + weighting +
                 "_: {algorithm: swing, from: seen, top_k: 1000, normalise: none, alpha: " + c["alpha"].dump() +
                 ", weighting: " + weighting + ", alpha1: " + c["alpha1"].dump() + ", beta: " + c["beta"].dump() +
                 "}\n";
    }
    write_case(space, c, indexes);
    const Outcome built = space.build();
    ASSERT_EQ(built.exit, 0) << built.err;
    std::vector<Json> requests;
    for (int i = 0; i < c["n_items"].get<int>(); ++i)
      requests.push_back({{"user", "0"}, {"request", {{"seeds", {i}}}}});
    for (const std::string weighting : {"none", "inv_sqrt", "power"}) {
      const auto pages =
          space.pages("pipeline page(user: users, item: films) {\n  recall { near = similar_items(" + weighting +
                          "_, seeds: request.seeds ?? [], per_seed: 1000) take 1000 }\n  emit "
                          "score_in(near) as similarity\n}\n",
                      requests);
      const auto expected = golden_pairs(c["sim"][weighting + "/unordered"]);
      size_t found = 0;
      for (size_t i = 0; i < pages.size(); ++i) {
        for (const auto& item : pages[i]["items"]) {
          const auto it = expected.find({static_cast<int>(i), std::stoi(item["key"].get<std::string>())});
          ASSERT_NE(it, expected.end());
          EXPECT_NEAR(item["values"]["similarity"].get<double>(), it->second, 1e-5 * it->second);
          ++found;
        }
      }
      EXPECT_EQ(found, expected.size()) << weighting;
      compared += found;
    }
  }
  EXPECT_GT(compared, 1000U);
}

TEST(UserCfProduct, RecommendationsAgreeWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "usercf");
  const std::map<std::string, std::string> forms{{"cosine", "none"}, {"pop_discount", "popularity"}};
  size_t compared = 0;
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    std::string indexes;
    for (const auto& [form, discount] : forms)
      indexes += "  " + form + ": {algorithm: user_cf, from: seen, discount: " + discount + "}\n";
    write_case(space, c, indexes);
    const Outcome built = space.build();
    ASSERT_EQ(built.exit, 0) << built.err;
    // Similarities: one neighbour who did one thing tells them; here by what all neighbours of a user add up to.
    for (const auto& [form, discount] : forms) {
      const auto similarity = golden_pairs(c["sim"][form]);
      std::map<int, std::set<int>> items;
      for (const auto& p : c["interactions"]) items[p[0].get<int>()].insert(p[1].get<int>());
      std::vector<Json> requests;
      for (int u = 0; u < c["n_users"].get<int>(); ++u) requests.push_back({{"user", std::to_string(u)}});
      const auto pages =
          space.pages("pipeline page(user: users, item: films) {\n  recall { near = similar_users(" + form +
                          ", neighbours: 1000, per_user: 1000) take 1000 }\n  emit score_in(near) as score\n}\n",
                      requests);
      for (int u = 0; u < static_cast<int>(pages.size()); ++u) {
        std::map<int, double> expected;
        for (const auto& [pair, sim] : similarity) {
          for (const int item : pair.first == u ? items[pair.second] : std::set<int>{}) expected[item] += sim;
        }
        ASSERT_EQ(pages[static_cast<size_t>(u)]["items"].size(), expected.size());
        for (const auto& item : pages[static_cast<size_t>(u)]["items"]) {
          const double sum = expected.at(std::stoi(item["key"].get<std::string>()));
          EXPECT_NEAR(item["values"]["score"].get<double>(), sum, 1e-5 * sum);
          ++compared;
        }
      }
      const auto& wanted = c["recommend"];
      const auto best = space.pages(
          "pipeline page(user: users, item: films) {\n  eligible item not in user.seen\n  recall { near = "
          "similar_users(" +
              form + ", neighbours: " + wanted["topk_neighbors"].dump() +
              ", per_user: 1000) take 1000 }\n  emit score_in(near) as score\n}\n",
          {{{"user", wanted["user"].dump()}}});
      const auto& expected = wanted["by"][form]["items"];
      ASSERT_GE(best[0]["items"].size(), expected.size());
      for (size_t k = 0; k < expected.size(); ++k) {
        EXPECT_EQ(best[0]["items"][k]["key"], expected[k][0].dump()) << form << " " << k;
        EXPECT_NEAR(best[0]["items"][k]["values"]["score"].get<double>(), expected[k][1].get<double>(), 1e-5);
      }
    }
  }
  EXPECT_GT(compared, 1000U);
}

// ---- vectors ----

constexpr int kFilms = 300;

std::vector<std::vector<float>> random_vectors(int rows, size_t dimension, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<float>> out(static_cast<size_t>(rows), std::vector<float>(dimension));
  for (auto& row : out) {
    for (float& value : row) value = static_cast<float>(random() % 2001) / 1000 - 1;
  }
  return out;
}

double product(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t k = 0; k < a.size(); ++k) sum += double{a[k]} * b[k];
  return sum;
}

class NearestProduct : public ::testing::Test {
 protected:
  /// Film k has the key 10·k.
  void write(const std::string& indexes) {
    std::string films = "id,likes\n";
    for (int k = 0; k < kFilms; ++k) films += std::to_string(10 * k) + "," + std::to_string(k % 7) + "\n";
    space_.write("films.csv", films);
    space_.write("users.csv", "id\n1\n2\n3\n");
    space_.write_npy("taste.npy", users_);
    space_.write_npy("content.npy", films_);
    space_.write("plays.csv", "user,item,ts\n1,0,5\n1,10,6\n2,20,7\n");
    space_.write("catalog.yaml", R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {taste: {type: vector(12), source: {npy: taste.npy}}}}
  films: {key: id, source: {csv: films.csv}, columns: {likes: int, content: {type: vector(12), source: {npy: content.npy}}}}
events:
  plays: {source: {csv: plays.csv}, user: user, item: item, time: ts}
sequences:
  seen: {from: plays, keep: 1000}
indexes:
)yaml" + indexes);
  }

  /// Film numbers by falling similarity to the user's taste; those without a vector are not among them.
  std::vector<std::pair<double, int>> ranking(size_t user, bool cosine) const {
    std::vector<std::pair<double, int>> out;
    for (int k = 0; k < kFilms; ++k) {
      const auto& film = films_[static_cast<size_t>(k)];
      const double length = cosine ? std::sqrt(product(film, film) * product(users_[user], users_[user])) : 1;
      if (length > 0) out.emplace_back(product(users_[user], film) / length, k);
    }
    std::ranges::sort(out, [](const auto& a, const auto& b) { return a.first > b.first; });
    return out;
  }

  void expect_ranking(const Json& page, std::vector<std::pair<double, int>> expected, size_t take) {
    expected.resize(std::min(take, expected.size()));
    ASSERT_EQ(page["items"].size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(page["items"][i]["values"]["score"].get<double>(), expected[i].first, 1e-4) << i;
      if (i + 1 < expected.size() && expected[i].first - expected[i + 1].first < 1e-5) continue;
      if (i > 0 && expected[i - 1].first - expected[i].first < 1e-5) continue;
      EXPECT_EQ(page["items"][i]["key"], std::to_string(10 * expected[i].second)) << i;
    }
  }

  std::string pipeline(const std::string& channel, const std::string& eligible = "") const {
    return "pipeline page(user: users, item: films) {\n" + eligible + "\n  recall { near = " + channel +
           " }\n  emit score_in(near) as score\n}\n";
  }

  Workspace space_;
  std::vector<std::vector<float>> films_ = random_vectors(kFilms, 12, 1), users_ = random_vectors(3, 12, 2);
};

TEST_F(NearestProduct, FlatAgreesWithBruteForce) {
  films_[17].assign(12, 0.0F);  // under the cosine it has no direction
  write(
      "  by_product: {algorithm: flat, vectors: films.content}\n"
      "  by_cosine: {algorithm: flat, vectors: films.content, metric: cosine}\n");
  const Outcome built = space_.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  EXPECT_NE(built.err.find("index by_cosine: 1 of 300 items have no vector, or one of length 0"), std::string::npos)
      << built.err;
  for (const bool cosine : {false, true}) {
    const std::string index = cosine ? "by_cosine" : "by_product";
    const auto pages = space_.pages(pipeline("nearest(" + index + ", query: user.taste) take 1000"),
                                    {{{"user", "1"}}, {{"user", "2"}}, {{"user", "3"}}});
    for (size_t user = 0; user < 3; ++user) expect_ranking(pages[user], ranking(user, cosine), 1000);
  }
}

TEST_F(NearestProduct, GraphsAndCellsFindNearlyAll) {
  write(
      "  graph: {algorithm: hnsw, vectors: films.content, links: 8, metric: cosine}\n"
      "  cells: {algorithm: ivf, vectors: films.content, lists: 12, probe: 6, metric: cosine}\n"
      "  codes: {algorithm: pq, vectors: films.content, lists: 4, probe: 4, subvectors: 6, metric: cosine}\n");
  const Outcome built = space_.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  const std::vector<Json> requests{{{"user", "1"}}, {{"user", "2"}}, {{"user", "3"}}};
  const auto found = [&](const std::string& channel, size_t take) {
    const auto pages = space_.pages(pipeline(channel + " take " + std::to_string(take)), requests);
    double hits = 0;
    for (size_t user = 0; user < 3; ++user) {
      const auto best = ranking(user, true);
      double before = INFINITY;
      for (const auto& item : pages[user]["items"]) {
        const int film = std::stoi(item["key"].get<std::string>()) / 10;
        const auto at = std::ranges::find(best, film, &std::pair<double, int>::second);
        hits += at - best.begin() < static_cast<std::ptrdiff_t>(take) ? 1 : 0;
        const double score = item["values"]["score"].get<double>();
        EXPECT_LE(score, before);
        before = score;
        EXPECT_NEAR(score, at->first, channel.starts_with("nearest(codes") ? 0.2 : 1e-5);
      }
      EXPECT_EQ(pages[user]["items"].size(), std::min<size_t>(take, 300)) << channel;
    }
    return hits / static_cast<double>(3 * take);
  };
  EXPECT_GE(found("nearest(graph, query: user.taste)", 10), 0.9);
  EXPECT_GE(found("nearest(cells, query: user.taste)", 10), 0.8);
  EXPECT_EQ(found("nearest(cells, query: user.taste, probe: 12)", 10), 1) << "all cells";
  EXPECT_GE(found("nearest(codes, query: user.taste)", 10), 0.6);
  for (const std::string index : {"graph", "cells", "codes"})
    EXPECT_EQ(found("nearest(" + index + ", query: user.taste)", 300), 1) << "all of them, each once";
}

TEST_F(NearestProduct, AnIndexSearchesOnUntilEnoughQualify) {
  write(
      "  flat: {algorithm: flat, vectors: films.content}\n"
      "  graph: {algorithm: hnsw, vectors: films.content, links: 8, ef_search: 16}\n"
      "  cells: {algorithm: ivf, vectors: films.content, lists: 30, probe: 1}\n"
      "  codes: {algorithm: pq, vectors: films.content, lists: 4, probe: 1, subvectors: 6}\n");
  ASSERT_EQ(space_.build().exit, 0);
  // 43 films have 3 likes: where 43 are wanted, all must be found.
  for (const std::string index : {"flat", "graph", "cells", "codes"}) {
    for (const int take : {20, 43, 100}) {
      const auto page = space_.pages(
          pipeline("nearest(" + index + ", query: user.taste) where item.likes == 3 take " + std::to_string(take)),
          {{{"user", "1"}}})[0];
      std::set<std::string> keys;
      for (const auto& item : page["items"]) {
        keys.insert(item["key"].get<std::string>());
        EXPECT_EQ(std::stoi(item["key"].get<std::string>()) / 10 % 7, 3);
      }
      EXPECT_EQ(keys.size(), page["items"].size());
      EXPECT_EQ(keys.size(), static_cast<size_t>(std::min(take, 43))) << index << " " << take;
    }
  }
}

TEST_F(NearestProduct, ADamagedIndexIsFoundAndMadeAgain) {
  write(
      "  people: {algorithm: user_cf, from: seen}\n  mf: {algorithm: als, from: seen, factors: 4}\n"
      "  graph: {algorithm: hnsw, vectors: films.content}\n  codes: {algorithm: pq, vectors: films.content, lists: 4, "
      "subvectors: 6}\n");
  ASSERT_EQ(space_.build().exit, 0);
  for (const std::string index : {"people", "mf", "graph", "codes"}) {
    const std::string number = std::to_string(std::stoi(Workspace::read(space_.path("CURRENT"))));
    const std::string file = "generations/" + number + "/" + index + ".index";
    std::string bytes = Workspace::read(space_.path(file));
    ASSERT_GT(bytes.size(), 200U);
    bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 0x40);
    std::filesystem::remove(space_.path(file));  // older generations may share it
    space_.write(file, bytes);
    const Outcome found = space_.command("rec-build", "check '" + space_.path() + "'");
    EXPECT_EQ(found.exit, 3) << index;
    EXPECT_NE(found.err.find(index + ".index"), std::string::npos) << found.err;
    const Outcome again = space_.build();
    EXPECT_EQ(again.exit, 0) << again.err;
    EXPECT_NE(again.out.find("made index " + index), std::string::npos) << again.out;
    EXPECT_EQ(space_.command("rec-build", "check '" + space_.path() + "'").exit, 0);
  }
}

TEST_F(NearestProduct, TheManifestSaysHowManyThreadsMadeAnIndex) {
  write("  graph: {algorithm: hnsw, vectors: films.content}\n  flat: {algorithm: flat, vectors: films.content}\n");
  const auto parts = [&](const std::string& arguments) {
    const Outcome built = space_.build("--full " + arguments);
    EXPECT_EQ(built.exit, 0) << built.err;
    const std::string number = Workspace::read(space_.path("CURRENT"));
    const std::string file = space_.path("generations/" + std::to_string(std::stoi(number)) + "/manifest.json");
    const auto manifest = Json::parse(Workspace::read(file));
    return manifest.contains("parts") ? manifest["parts"] : manifest["manifest"]["parts"];
  };
  EXPECT_EQ(parts("")["index graph"]["threads"], 1);
  const auto two = parts("--vector-threads 2 --threads 1");
  EXPECT_EQ(two["index graph"]["threads"], 2);
  EXPECT_FALSE(two["index flat"].contains("threads"));
  EXPECT_NE(space_.build("--vector-threads 0").exit, 0);
}

TEST_F(NearestProduct, WhatCannotBeBuiltIsTold) {
  write("  codes: {algorithm: pq, vectors: films.content, subvectors: 5}\n");
  const Outcome cut = space_.build();
  EXPECT_NE(cut.exit, 0);
  EXPECT_NE(cut.err.find("vectors of 12 numbers cannot be cut into 5 subvectors"), std::string::npos) << cut.err;
  write("  cells: {algorithm: ivf, vectors: films.content, lists: 1000}\n");
  const Outcome few = space_.build();
  EXPECT_EQ(few.exit, 0) << few.err;
  EXPECT_NE(few.err.find("index cells: 300 cells, as there are no more vectors; 1000 were asked for"),
            std::string::npos)
      << few.err;
}

TEST_F(NearestProduct, ConditionsAreMetDuringTheSearch) {
  write("  near: {algorithm: flat, vectors: films.content}\n");
  ASSERT_EQ(space_.build().exit, 0);
  const auto pages = space_.pages(
      pipeline("nearest(near, query: user.taste) where item.likes == 3 take 25", "  eligible item not in user.seen"),
      {{{"user", "1"}}});
  auto expected = ranking(0, false);
  std::erase_if(expected, [](const auto& film) { return film.second % 7 != 3 || film.second < 2; });
  expect_ranking(pages[0], expected, 25);
  EXPECT_EQ(pages[0]["items"].size(), 25U);
}

TEST_F(NearestProduct, WhatHasNoVectorFindsNothing) {
  users_[1].assign(12, 0.0F);
  write(
      "  near: {algorithm: flat, vectors: films.content, metric: cosine}\n"
      "  mf: {algorithm: als, from: seen, factors: 4}\n");
  ASSERT_EQ(space_.build().exit, 0);
  EXPECT_EQ(space_.pages(pipeline("nearest(near, query: user.taste) take 9"), {{{"user", "2"}}})[0]["items"].size(),
            0U);
  const auto pages = space_.pages(pipeline("nearest(mf, query: mf.user) take 9"), {{{"user", "1"}}, {{"user", "3"}}});
  EXPECT_GT(pages[0]["items"].size(), 0U);
  EXPECT_EQ(pages[1]["items"].size(), 0U) << "user 3 did nothing";
}

TEST_F(NearestProduct, FactorsMayHaveAnIndexOfTheirOwn) {
  write("  mf: {algorithm: als, from: seen, factors: 4}\n  over_mf: {algorithm: flat, vectors: mf.item}\n");
  const Outcome built = space_.build();
  ASSERT_EQ(built.exit, 0) << built.err;
  const auto own = space_.pages(pipeline("nearest(mf, query: mf.user) take 9"), {{{"user", "1"}}});
  EXPECT_EQ(own[0]["items"].size(), 3U) << "only films that somebody played have a vector";
  EXPECT_EQ(own[0]["items"],
            space_.pages(pipeline("nearest(over_mf, query: mf.user) take 9"), {{{"user", "1"}}})[0]["items"]);
}

TEST_F(NearestProduct, MistakesAreToldWhenCompiled) {
  write("  near: {algorithm: flat, vectors: films.content}\n  mf: {algorithm: als, from: seen, factors: 4}\n");
  ASSERT_EQ(space_.build().exit, 0);
  const auto said = [&](const std::string& channel) {
    space_.write("page.rec", pipeline(channel));
    const Outcome out = space_.rec_run("'" + space_.path("page.rec") + "' --data '" + space_.path() + "' --user 1");
    EXPECT_EQ(out.exit, 1);
    return out.err;
  };
  EXPECT_NE(said("nearest(near, query: mf.user) take 9").find("index `near` holds vector(12), and this is vector(4)"),
            std::string::npos);
  EXPECT_NE(said("nearest(mf, query: user.taste) take 9").find("index `mf` holds vector(4), and this is vector(12)"),
            std::string::npos);
  EXPECT_NE(said("nearest(near, query: near.user) take 9").find("index `near` (flat) has no vectors of users"),
            std::string::npos);
  EXPECT_NE(said("nearest(mf, query: mf.item) take 9").find("it is `mf.user`"), std::string::npos);
}

}  // namespace
}  // namespace rec::product
