// MMR: golden vectors, brute force on random slates with rules, and its properties.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "operators/list.h"
#include "operators/rerank/similarity.h"
#include "tests/operators/golden.h"
#include "tests/operators/slate.h"

namespace rec::tests {
namespace {

using operators::RerankResult;
using operators::RuleInput;
using operators::SimilarityTerm;
using Vectors = std::vector<std::vector<float>>;

struct Similarities {
  Vectors vectors;
  float theta = 1;
  std::optional<int64_t> window;
};

std::vector<const float*> pointers(const Vectors& vectors) {
  std::vector<const float*> out;
  for (const auto& v : vectors) out.push_back(v.empty() ? nullptr : v.data());
  return out;
}

/// The call, and what it points into.
struct MmrCall {
  MmrCall(const Slate& slate, const Similarities& by) : built(slate), vectors(pointers(by.vectors)) {
    for (const auto& v : by.vectors) term.dimension = std::max(term.dimension, static_cast<uint32_t>(v.size()));
    term.vectors = vectors;
    built.call.similarity = {&term, 1};
    built.call.theta = by.theta;
    built.call.window = by.window;
  }
  SlateCall built;
  std::vector<const float*> vectors;
  SimilarityTerm term{.kind = SimilarityTerm::Kind::cosine, .weight = 1};
};

const operators::Rerank kMmr = std::get<operators::RerankDef>(operators::mmr().what).run;

RerankResult mmr(const Slate& slate, const Similarities& by) {
  return kMmr(MmrCall(slate, by).built.call);
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return aa == 0 || bb == 0 ? 0 : ab / std::sqrt(aa * bb);
}

double objective(const Slate& slate, const Similarities& by, const Page& page, uint32_t i) {
  const size_t length = std::min(page.size(), static_cast<size_t>(by.window.value_or(INT32_MAX)));
  double likeness = length == 0 ? 0 : -2;
  for (size_t k = page.size() - length; k < page.size(); ++k) {
    likeness = std::max(likeness, cosine(by.vectors[i], by.vectors[page[k]]));
  }
  const double theta = double{by.theta};
  return theta * double{slate.relevance[i]} - (1 - theta) * likeness;
}

/// Every pick must be, but for 1e-6, the best of those that may stand there.
void expect_best_at_each_position(const Slate& slate, const Similarities& by, const RerankResult& result) {
  replay(slate, result, 1e-6, [&](const Page& all, uint32_t i) { return objective(slate, by, all, i); });
}

Similarities random_similarities(std::mt19937& random, uint32_t candidates) {
  std::normal_distribution<float> normal;
  Similarities by;
  by.theta = std::uniform_real_distribution<float>(0, 1)(random);
  if (random() % 3 != 0) by.window = 1 + static_cast<int64_t>(random() % 6);
  const size_t dimension = 1 + random() % 9;
  for (uint32_t i = 0; i < candidates; ++i) {
    auto& v = by.vectors.emplace_back(dimension);
    for (float& x : v) x = normal(random);
    if (random() % 10 == 0)
      v.clear();  // missing
    else if (random() % 10 == 0)
      std::ranges::fill(v, 0.0F);
  }
  if (std::ranges::all_of(by.vectors, [](const auto& v) { return v.empty(); })) by.vectors[0].assign(dimension, 1.0F);
  return by;
}

TEST(Mmr, PicksTheBestAtEachPositionOfRandomSlates) {
  std::mt19937 random(2);
  for (int round = 0; round < 4000; ++round) {
    const Slate slate = random_slate(random, round % 50 == 0 ? 300 : 15);
    const Similarities by = random_similarities(random, slate.candidates);
    expect_best_at_each_position(slate, by, mmr(slate, by));
    if (round % 10 == 0)
      expect_recorded(slate, kMmr, MmrCall(slate, by).built.call, 1e-6,
                      [&](const Page& all, uint32_t i) { return objective(slate, by, all, i); });
    if (HasFailure()) FAIL() << "round " << round;
  }
}

/// MMR without rules as it is written down: every row, every maximum, each candidate at each position.
Page eager(const Slate& slate, const operators::RerankCall& call) {
  column::Arena arena;
  operators::Similarity similarity(call.similarity, slate.candidates, arena);
  std::vector<uint32_t> all(slate.candidates);
  std::iota(all.begin(), all.end(), 0U);
  similarity.add(all);
  std::vector<std::vector<float>> rows;
  for (const uint32_t i : all) similarity.row(i, 0, rows.emplace_back(slate.candidates));
  const auto theta = static_cast<double>(call.theta);
  Page page;
  for (Page behind = with_shown(slate, {}); page.size() < page_length(slate); behind = with_shown(slate, page)) {
    const size_t window = std::min(behind.size(), static_cast<size_t>(call.window.value_or(INT32_MAX)));
    std::optional<uint32_t> best;
    double most = 0;
    for (uint32_t i = slate.shown; i < slate.candidates; ++i) {
      if (std::ranges::find(page, i) != page.end()) continue;
      float likeness = window == 0 ? 0 : -std::numeric_limits<float>::infinity();
      for (size_t k = behind.size() - window; k < behind.size(); ++k) likeness = std::max(likeness, rows[behind[k]][i]);
      const double own = theta * double{slate.relevance[i]} - (1 - theta) * double{likeness};
      if (best && !(own > most || (std::isnan(most) && !std::isnan(own)))) continue;
      best = i;
      most = own;
    }
    page.push_back(*best);
  }
  return page;
}

TEST(Mmr, PicksAreThoseOfEveryRowWhoeverWaits) {
  std::mt19937 random(11);
  for (int round = 0; round < 600; ++round) {
    Slate slate = random_slate(random, 400);
    slate.rules.clear();
    slate.take = static_cast<uint32_t>(1 + random() % 40);
    Similarities by = random_similarities(random, slate.candidates);
    for (uint32_t i = 0; i < slate.candidates; ++i) {
      if (random() % 3 == 0) slate.relevance[i] = -slate.relevance[i];
      if (random() % 50 == 0) slate.relevance[i] = std::numeric_limits<float>::quiet_NaN();
      if (random() % 200 == 0) slate.relevance[i] = std::numeric_limits<float>::infinity();
      for (float& x : by.vectors[i]) x *= round % 10 == 0 && random() % 9 == 0 ? 1e-40F : 1;  // no inverse is finite
    }
    MmrCall call(slate, by);
    std::vector<SimilarityTerm> terms{call.term};
    if (round % 4 == 0) terms.push_back(terms.front());
    if (round % 12 == 0) terms.back().kind = SimilarityTerm::Kind::dot;
    call.built.call.similarity = terms;
    ASSERT_EQ(kMmr(call.built.call).picks, eager(slate, call.built.call)) << "round " << round;
  }
}

TEST(Mmr, WithThetaOneIsThePlainOrder) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    const Slate slate = random_slate(random);
    Similarities by = random_similarities(random, slate.candidates);
    by.theta = 1;
    const SlateCall plain(slate);
    EXPECT_EQ(mmr(slate, by).picks, std::get<operators::RerankDef>(operators::greedy().what).run(plain.call).picks);
  }
}

TEST(Mmr, NanLosesToEverythingAndTiesKeepThePresentOrder) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Slate slate{.candidates = 5, .relevance = {nan, 1, nan, 2, 1}, .rules = {}, .take = 5};
  const Similarities by{.vectors = {{1, 0}, {0, 1}, {1, 1}, {}, {0, 1}}, .theta = 1.0F, .window = {}};
  EXPECT_EQ(mmr(slate, by).picks, (std::vector<uint32_t>{3, 1, 4, 0, 2}));
}

TEST(Mmr, AddsTheTermsOfASimilarity) {
  // Equal authors weigh 0.5, shared tags up to 1; with theta 0 likeness alone decides.
  Slate slate{.candidates = 4, .relevance = {4, 3, 2, 1}, .rules = {}, .take = 2};
  const std::vector<int64_t> authors{1, 1, 2, 0};
  const std::vector<uint8_t> has_author{1, 1, 1, 0};
  const std::vector<int64_t> first{1, 2}, third{2, 3};
  const std::vector<column::ListRef> tags{{first.data(), 2}, {nullptr, 0}, {third.data(), 2}, {first.data(), 2}};
  const std::vector<SimilarityTerm> terms{
      {.kind = SimilarityTerm::Kind::same, .weight = 0.5F, .values = authors, .present = has_author},
      {.kind = SimilarityTerm::Kind::jaccard, .weight = 1, .lists = tags}};
  SlateCall built(slate);
  built.call.similarity = terms;
  built.call.theta = 0;
  // Likeness to candidate 0: 1: 0.5, 2: 1/3, 3: 1.
  const auto run = std::get<operators::RerankDef>(operators::mmr().what).run;
  EXPECT_EQ(run(built.call).picks, (std::vector<uint32_t>{0, 2}));
}

std::vector<uint32_t> indices(const nlohmann::json& list) {
  return list.get<std::vector<uint32_t>>();
}

/// The list, or one that differs only where objectives tie.
void expect_golden(const Slate& slate, const Similarities& by, const nlohmann::json& expected) {
  const RerankResult result = mmr(slate, by);
  if (result.picks != indices(expected)) expect_best_at_each_position(slate, by, result);
  EXPECT_EQ(result.picks.size(), expected.size());
}

TEST(Mmr, AgreesWithTheGoldenVectors) {
  const auto file = golden("mmr.json");
  if (!file) GTEST_SKIP() << "no golden vectors here";
  size_t same = 0;
  for (const auto& c : (*file)["cases"]) {
    Slate slate{
        .candidates = static_cast<uint32_t>(c["reward"].size()), .relevance = c["reward"], .rules = {}, .take = c["k"]};
    Similarities by{.vectors = c["emb"], .theta = c["theta"], .window = {}};
    expect_golden(slate, by, c["full"]);
    same += mmr(slate, by).picks == indices(c["full"]) ? 1 : 0;
    by.window = c["window"].get<int64_t>();
    expect_golden(slate, by, c["windowed"]);
  }
  EXPECT_EQ(same, 20U);
}

SlateRule golden_rule(const nlohmann::json& rule, const nlohmann::json& tags) {
  SlateRule out{.must = true, .count = rule["k"]};
  for (const auto& tag : tags) out.matches.push_back(tag == rule["tag"] ? 1 : 0);
  const std::string type = rule["type"];
  out.scope = type == "max_run"         ? RuleInput::Scope::in_a_row
              : type == "max_in_window" ? RuleInput::Scope::in_any
                                        : RuleInput::Scope::in_first;
  if (type == "max_in_window") out.length = rule["window"];
  if (type == "max_in_prefix") out.length = rule["t"];
  return out;
}

TEST(Rules, AgreeWithTheGoldenVectors) {
  const auto file = golden("rerank_rules.json");
  if (!file) GTEST_SKIP() << "no golden vectors here";
  for (const auto& c : (*file)["cases"]) {
    Slate slate{
        .candidates = static_cast<uint32_t>(c["reward"].size()), .relevance = c["reward"], .rules = {}, .take = c["k"]};
    for (const auto& rule : c["rules"]) slate.rules.push_back(golden_rule(rule, c["tags"]));
    const SlateCall greedy(slate);
    EXPECT_EQ(std::get<operators::RerankDef>(operators::greedy().what).run(greedy.call).picks, indices(c["greedy"]));
    expect_golden(slate, {.vectors = c["emb"], .theta = c["theta"], .window = c["mmr_window"].get<int64_t>()},
                  c["mmr_with_rules"]);
  }
}

}  // namespace
}  // namespace rec::tests
