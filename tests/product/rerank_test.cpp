// MMR and rules from CSV and .npy to page, against golden vectors and, for `at least`, against brute force.
#include <cmath>
#include <random>

#include "workspace.h"

namespace rec::product {
namespace {

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {}}
  slates:
    key: id
    source: {csv: slates.csv}
    columns: {reward: float, tag: string, emb: {type: "vector(DIM)", source: {npy: emb.npy}}}
)yaml";

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return std::string(text).find_first_of(".e") == std::string::npos ? std::string(text) + ".0" : text;
}

struct Slate {
  std::vector<double> reward;
  std::vector<std::string> tags;
  std::vector<std::vector<float>> emb;
};

Slate slate_of(const Json& c) {
  Slate s;
  for (const auto& r : c["reward"]) s.reward.push_back(r.get<double>());
  for (const auto& row : c["emb"]) s.emb.push_back(row.get<std::vector<float>>());
  for (size_t i = 0; i < s.reward.size(); ++i)
    s.tags.push_back(c.contains("tags") ? c["tags"][i].get<std::string>() : "none");
  return s;
}

void write_slate(const Workspace& space, const Slate& slate) {
  std::string rows = "id,reward,tag\n", catalog = kCatalog;
  for (size_t i = 0; i < slate.reward.size(); ++i)
    rows += std::to_string(i) + "," + number(slate.reward[i]) + "," + slate.tags[i] + "\n";
  catalog.replace(catalog.find("DIM"), 3, std::to_string(slate.emb[0].size()));
  space.write("users.csv", "id\n1\n");
  space.write("slates.csv", rows);
  space.write_npy("emb.npy", slate.emb);
  space.write("catalog.yaml", catalog);
  const Outcome built = space.build();
  ASSERT_EQ(built.exit, 0) << built.err;
}

std::vector<int> page(const Workspace& space, const std::string& rerank) {
  const auto pages = space.pages(
      "pipeline page(user: users, item: slates) {\n  recall { all = items take 1000 }\n  rerank " + rerank + "\n}\n",
      {{{"user", "1"}}});
  std::vector<int> keys;
  if (pages.empty()) return keys;
  for (const auto& item : pages[0]["items"]) keys.push_back(std::stoi(item["key"].get<std::string>()));
  return keys;
}

/// The objective of `candidate` after `picked`, in double.
double objective(const Slate& s, const std::vector<int>& picked, size_t upto, int candidate, double theta,
                 size_t window) {
  double most = 0;
  bool any = false;
  for (size_t k = upto > window ? upto - window : 0; k < upto; ++k) {
    double dot = 0, a = 0, b = 0;
    const auto& x = s.emb[static_cast<size_t>(candidate)];
    const auto& y = s.emb[static_cast<size_t>(picked[k])];
    for (size_t d = 0; d < x.size(); ++d)
      dot += double(x[d]) * y[d], a += double(x[d]) * x[d], b += double(y[d]) * y[d];
    most = any ? std::max(most, dot / std::sqrt(a * b)) : dot / std::sqrt(a * b);
    any = true;
  }
  return theta * s.reward[static_cast<size_t>(candidate)] - (1 - theta) * most;
}

/// Same list, except that after the first difference both picks had the same objective within 1e-6.
void expect_same(const Slate& s, const std::vector<int>& got, const std::vector<int>& want, double theta,
                 size_t window) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t k = 0; k < want.size(); ++k) {
    if (got[k] == want[k]) continue;
    EXPECT_NEAR(objective(s, want, k, got[k], theta, window), objective(s, want, k, want[k], theta, window), 1e-6)
        << "at " << k;
    return;
  }
}

TEST(RerankProduct, MmrAgreesWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "mmr");
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    const Slate slate = slate_of(c);
    write_slate(space, slate);
    const double theta = c["theta"].get<double>();
    const std::string head = "mmr(relevance: item.reward, similarity: cosine(item.emb), theta: " + number(theta);
    const std::string take = ") take " + c["k"].dump();
    expect_same(slate, page(space, head + take), c["full"].get<std::vector<int>>(), theta, 1000);
    expect_same(slate, page(space, head + ", window: " + c["window"].dump() + take),
                c["windowed"].get<std::vector<int>>(), theta, c["window"].get<size_t>());
  }
}

TEST(RerankProduct, DppAgreesWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "dpp");
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    write_slate(space, slate_of(c));
    const std::string head =
        "dpp(relevance: item.reward, similarity: cosine(item.emb), theta: " + number(c["theta"].get<double>());
    EXPECT_EQ(page(space, head + ") take " + c["k"].dump()), c["wang_full"].get<std::vector<int>>());
    EXPECT_EQ(page(space, head + ", window: " + c["window"].dump() + ") take " + c["k_window"].dump()),
              c["wang_window"].get<std::vector<int>>());
  }
}

TEST(RerankProduct, SsdSpreadsOut) {
  const Workspace space;
  write_slate(space, {{3, 2.9, 1, 0.5}, {"a", "a", "a", "a"}, {{1, 0}, {1, 0.01F}, {0, 1}, {0, 0}}});
  const std::string head = "ssd(relevance: item.reward, vectors: item.emb, gamma: ";
  EXPECT_EQ(page(space, head + "0.0) take 3"), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(page(space, head + "4.0) take 2"), (std::vector<int>{0, 2}));
  // With one that depends on the window in it no volume is left, and relevance decides.
  EXPECT_EQ(page(space, head + "4.0, window: 1) take 4"), (std::vector<int>{0, 2, 1, 3}));
}

std::string rule_text(const Json& rule) {
  const std::string k = rule["k"].dump(), where = " where item.tag == \"" + rule["tag"].get<std::string>() + "\"\n";
  if (rule["type"] == "max_run") return "    must at most " + k + " in a row" + where;
  if (rule["type"] == "max_in_window") return "    must at most " + k + " in any " + rule["window"].dump() + where;
  return "    must at most " + k + " in first " + rule["t"].dump() + where;
}

TEST(RerankProduct, MustRulesAgreeWithTheGoldenVectors) {
  REC_GOLDEN_OR_SKIP(vectors, "rerank_rules");
  size_t exhausted = 0;
  for (const auto& c : vectors["cases"]) {
    const Workspace space;
    const Slate slate = slate_of(c);
    write_slate(space, slate);
    std::string rules = " {\n";
    for (const auto& rule : c["rules"]) rules += rule_text(rule);
    rules += "  }";
    const std::string take = " take " + c["k"].dump();
    expect_same(slate, page(space, "greedy(relevance: item.reward)" + take + rules),
                c["greedy"].get<std::vector<int>>(), 1, 1000);
    const double theta = c["theta"].get<double>();
    const auto got = page(space, "mmr(relevance: item.reward, similarity: cosine(item.emb), theta: " + number(theta) +
                                     ", window: " + c["mmr_window"].dump() + ")" + take + rules);
    expect_same(slate, got, c["mmr_with_rules"].get<std::vector<int>>(), theta, c["mmr_window"].get<size_t>());
    exhausted += c["greedy_exhausted"].get<bool>();
  }
  EXPECT_LT(exhausted, vectors["cases"].size());
}

// ---- at least, by brute force ----

/// Greedy by reward; rules `at least K in first T` / `in any W` on a tag, relaxed one by one where nothing else could
/// stand.
struct AtLeast {
  std::string tag;
  int count, length;
  bool first;
  bool must;
};

/// A matching row can always stand; another one not where some window that holds this position has as many owed as it
/// has positions left.
bool can_stand(const std::vector<std::string>& placed, const std::string& tag, const AtLeast& rule, int page_length) {
  if (tag == rule.tag) return true;
  const int position = static_cast<int>(placed.size()) + 1;
  for (int end = rule.length; end <= (rule.first ? rule.length : page_length); ++end) {
    if (position > end || position <= end - rule.length) continue;
    int owed = rule.count;
    for (int p = end - rule.length + 1; p < position; ++p) owed -= placed[static_cast<size_t>(p - 1)] == rule.tag;
    if (owed > 0 && owed >= end - position + 1) return false;
  }
  return true;
}

std::vector<int> brute_force(const Slate& s, std::vector<AtLeast> rules, int take) {
  std::stable_sort(rules.begin(), rules.end(), [](const AtLeast& a, const AtLeast& b) { return a.must && !b.must; });
  std::vector<int> left(s.reward.size()), out;
  for (size_t i = 0; i < left.size(); ++i) left[i] = static_cast<int>(i);
  std::vector<std::string> placed;
  while (static_cast<int>(out.size()) < take && !left.empty()) {
    std::vector<int> allowed = left;
    bool ended = false;
    for (const auto& rule : rules) {
      std::vector<int> kept;
      for (const int i : allowed) {
        if (can_stand(placed, s.tags[static_cast<size_t>(i)], rule, take)) kept.push_back(i);
      }
      if (!kept.empty()) {
        allowed = kept;
      } else if (rule.must) {
        ended = true;
      }
    }
    if (ended) break;
    const int best = *std::max_element(allowed.begin(), allowed.end(), [&](int a, int b) {
      return s.reward[static_cast<size_t>(a)] < s.reward[static_cast<size_t>(b)] ||
             (s.reward[static_cast<size_t>(a)] == s.reward[static_cast<size_t>(b)] && a > b);
    });
    out.push_back(best);
    placed.push_back(s.tags[static_cast<size_t>(best)]);
    left.erase(std::find(left.begin(), left.end(), best));
  }
  return out;
}

TEST(RerankProduct, AtLeastRulesAgreeWithBruteForce) {
  std::mt19937 random(7);
  const auto pick = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
  };
  const std::vector<std::string> tags{"a", "b", "c"};
  for (int round = 0; round < 12; ++round) {
    Slate slate;
    const int n = pick(8, 40);
    for (int i = 0; i < n; ++i) {
      slate.reward.push_back(pick(0, 1000) / 1024.0);
      slate.tags.push_back(tags[static_cast<size_t>(pick(0, round % 3 ? 2 : 5) % 3)]);
      slate.emb.push_back({1, 0});
    }
    const Workspace space;
    write_slate(space, slate);
    for (int variant = 0; variant < 6; ++variant) {
      const int take = pick(6, 16);
      std::vector<AtLeast> rules;
      std::string text = " {\n";
      // One tag a rule, so that no two contradict each other by accident.
      for (int r = 0; r < pick(1, 3); ++r) {
        AtLeast rule{tags[static_cast<size_t>(r)], 0, pick(2, std::min(6, take)), pick(0, 1) == 1, pick(0, 3) == 0};
        rule.count = pick(1, rule.length);
        rules.push_back(rule);
        text += std::string(rule.must ? "    must" : "   ") + " at least " + std::to_string(rule.count) +
                (rule.first ? " in first " : " in any ") + std::to_string(rule.length) + " where item.tag == \"" +
                rule.tag + "\"\n";
      }
      const auto got = page(space, "greedy(relevance: item.reward) take " + std::to_string(take) + text + "  }");
      EXPECT_EQ(got, brute_force(slate, rules, take)) << text << " take " << take << " of " << n;
    }
  }
}

}  // namespace
}  // namespace rec::product
