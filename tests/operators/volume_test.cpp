// DPP and SSD on random slates with rules, replayed with determinants by elimination and Gram-Schmidt from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "operators/list.h"
#include "tests/operators/golden.h"
#include "tests/operators/slate.h"

namespace rec::tests {
namespace {

using operators::RerankResult;
using operators::SimilarityTerm;
using Vectors = std::vector<std::vector<float>>;

struct Space {
  Vectors vectors;  // empty: missing
  uint32_t dimension = 1;
  float theta = 0.5F, gamma = 0;
  std::optional<int64_t> window{};
};

/// The call, and what it points into.
struct SpaceCall {
  SpaceCall(const Slate& slate, const Space& space) : built(slate) {
    for (const auto& v : space.vectors) vectors.push_back(v.empty() ? nullptr : v.data());
    term = {.kind = SimilarityTerm::Kind::cosine, .weight = 1, .dimension = space.dimension, .vectors = vectors};
    built.call.similarity = {&term, 1};
    built.call.theta = space.theta;
    built.call.gamma = space.gamma;
    built.call.window = space.window;
    built.call.dimension = space.dimension;
    built.call.vectors = vectors;
  }
  SlateCall built;
  std::vector<const float*> vectors;
  SimilarityTerm term{};
};

operators::Rerank rerank_of(const operators::OperatorDef& def) {
  return std::get<operators::RerankDef>(def.what).run;
}

RerankResult run(const operators::OperatorDef& def, const Slate& slate, const Space& space) {
  return rerank_of(def)(SpaceCall(slate, space).built.call);
}

double dot(const Space& space, uint32_t i, uint32_t j) {
  const auto &a = space.vectors[i], &b = space.vectors[j];
  double sum = 0;
  for (size_t e = 0; e < std::min(a.size(), b.size()); ++e) sum += double{a[e]} * double{b[e]};
  return sum;
}

/// A_ij of the DPP.
double kernel(const Space& space, uint32_t i, uint32_t j) {
  if (i == j) return 1 + 1e-6;
  const double lengths = std::sqrt(dot(space, i, i) * dot(space, j, j));
  return lengths > 0 ? dot(space, i, j) / lengths : 0;
}

double log_determinant(const Space& space, const Page& of) {
  std::vector<std::vector<double>> a(of.size(), std::vector<double>(of.size()));
  for (size_t i = 0; i < of.size(); ++i) {
    for (size_t j = 0; j < of.size(); ++j) a[i][j] = kernel(space, of[i], of[j]);
  }
  double log = 0;
  for (size_t k = 0; k < a.size(); ++k) {
    log += std::log(a[k][k]);
    for (size_t i = k + 1; i < a.size(); ++i) {
      const double factor = a[i][k] / a[k][k];
      for (size_t j = k; j < a.size(); ++j) a[i][j] -= factor * a[k][j];
    }
  }
  return log;
}

Page window_of(const Space& space, const Page& page) {
  const size_t length = std::min(page.size(), static_cast<size_t>(space.window.value_or(INT32_MAX)));
  return {page.end() - static_cast<std::ptrdiff_t>(length), page.end()};
}

double log_complement(const Space& space, const Page& page, uint32_t i) {
  Page with = window_of(space, page);
  const double without = log_determinant(space, with);
  with.push_back(i);
  return log_determinant(space, with) - without;
}

/// Relevance, and the product of the residuals of the window and of `i`, orthogonalised anew.
double ssd_objective(const Slate& slate, const Space& space, const Page& page, uint32_t i) {
  Page with = window_of(space, page);
  with.push_back(i);
  std::vector<std::vector<double>> directions;
  double volume = 1;
  for (size_t k = 0; k < with.size(); ++k) {
    std::vector<double> rest(space.dimension, 0);
    std::ranges::copy(space.vectors[with[k]], rest.begin());
    const double length = std::sqrt(dot(space, with[k], with[k]));
    for (const auto& direction : directions) {
      double along = 0;
      for (size_t e = 0; e < rest.size(); ++e) along += direction[e] * rest[e];
      for (size_t e = 0; e < rest.size(); ++e) rest[e] -= along * direction[e];
    }
    double square = 0;
    for (const double x : rest) square += x * x;
    double residual = std::sqrt(square);
    if (residual <= 1e-6 * length) residual = 0;
    if (length > 0 || k + 1 == with.size()) volume *= residual;
    if (residual == 0) continue;
    for (double& x : rest) x /= residual;
    directions.push_back(std::move(rest));
  }
  return double{slate.relevance[i]} + double{space.gamma} * volume;
}

/// Directions far from each other, duplicates among them, missing ones and zeros.
Space random_space(std::mt19937& random, uint32_t candidates, uint32_t least_dimension) {
  std::normal_distribution<float> normal;
  Space space;
  space.theta = std::uniform_real_distribution<float>(0, 0.95F)(random);
  space.gamma = std::uniform_real_distribution<float>(0, 2)(random);
  if (random() % 3 != 0) space.window = 1 + static_cast<int64_t>(random() % 6);
  space.dimension = least_dimension + static_cast<uint32_t>(random() % 9);
  for (uint32_t i = 0; i < candidates; ++i) {
    std::vector<float> v(space.dimension);
    for (float& x : v) x = normal(random) / std::sqrt(static_cast<float>(space.dimension));
    if (random() % 10 == 0) v.clear();
    if (random() % 12 == 0) std::ranges::fill(v, 0.0F);
    if (random() % 6 == 0 && i > 0) v = space.vectors[random() % i];
    space.vectors.push_back(std::move(v));
  }
  return space;
}

/// θ · relevance and the gain of the log-determinant; duplicates after all others.
double dpp_objective(const Slate& slate, const Space& space, const Page& page, uint32_t i, size_t& duplicates) {
  const double log = log_complement(space, page, i);
  if (log <= std::log(2.5e-6)) {
    ++duplicates;
    return double{slate.relevance[i]} - 1e6;
  }
  const double theta = double{space.theta};
  return theta * double{slate.relevance[i]} + (1 - theta) * log;
}

TEST(Dpp, PicksTheBestAtEachPositionOfRandomSlates) {
  std::mt19937 random(11);
  size_t duplicates = 0;
  for (int round = 0; round < 1500; ++round) {
    const Slate slate = random_slate(random);
    const Space space = random_space(random, slate.candidates, 15);  // independent but for duplicates
    const auto objective = [&](const Page& page, uint32_t i) {
      return dpp_objective(slate, space, page, i, duplicates);
    };
    replay(slate, run(operators::dpp(), slate, space), 1e-5, objective);
    if (round % 10 == 0)
      expect_recorded(slate, rerank_of(operators::dpp()), SpaceCall(slate, space).built.call, 1e-4, objective);
    if (HasFailure()) FAIL() << "round " << round;
  }
  EXPECT_GT(duplicates, 1000U);
}

// Of many candidates only those take part whose bound has been reached: late ones must stand where early ones would.
TEST(Dpp, PicksTheBestOfManyWithoutLookingAtAll) {
  std::mt19937 random(13);
  std::normal_distribution<float> normal;
  size_t duplicates = 0;
  for (int round = 0; round < 60; ++round) {
    Slate slate = random_slate(random, 400);
    for (float& relevance : slate.relevance) {
      relevance = round % 3 == 0 ? std::round(2 * normal(random)) : normal(random);  // many are equal
      if (random() % 50 == 0) relevance = std::numeric_limits<float>::quiet_NaN();
    }
    Space space = random_space(random, slate.candidates, 15);
    const auto objective = [&](const Page& page, uint32_t i) {
      const double value = dpp_objective(slate, space, page, i, duplicates);
      return std::isnan(value) ? -1e9 : value;
    };
    replay(slate, run(operators::dpp(), slate, space), 1e-5, objective);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST(Dpp, TwinsKeepTheirOrderHoweverManyStandBetweenThem) {
  std::mt19937 random(14);
  std::normal_distribution<float> normal;
  const uint32_t half = 150;
  Slate slate{.candidates = 2 * half, .relevance = std::vector<float>(2 * half), .rules = {}, .take = 40};
  Space space{.vectors = Vectors(2 * half), .dimension = 50, .theta = 0.4F, .window = 1};
  for (uint32_t i = 0; i < half; ++i) {
    slate.relevance[i] = slate.relevance[i + half] = normal(random);
    for (int e = 0; e < 50; ++e) space.vectors[i].push_back(normal(random));
    space.vectors[i + half] = space.vectors[i];
  }
  const Page picks = run(operators::dpp(), slate, space).picks;
  for (uint32_t i = 0; i < half; ++i) {
    const auto twin = std::ranges::find(picks, i + half);
    if (twin != picks.end()) {
      EXPECT_LT(std::ranges::find(picks, i), twin) << i;
    }
  }
}

TEST(Dpp, AgreesWithTheGoldenVectors) {
  const auto file = golden("dpp.json");
  if (!file) GTEST_SKIP() << "no golden vectors here";
  for (const auto& c : (*file)["cases"]) {
    Slate slate{
        .candidates = static_cast<uint32_t>(c["reward"].size()), .relevance = c["reward"], .rules = {}, .take = c["k"]};
    Space space{.vectors = c["emb"], .dimension = static_cast<uint32_t>(c["emb"][0].size()), .theta = c["theta"]};
    EXPECT_EQ(run(operators::dpp(), slate, space).picks, c["wang_full"].get<Page>());
    slate.take = c["k_window"];
    space.window = c["window"].get<int64_t>();
    EXPECT_EQ(run(operators::dpp(), slate, space).picks, c["wang_window"].get<Page>());
  }
}

TEST(Dpp, WithThetaOneIsThePlainOrder) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    const Slate slate = random_slate(random);
    Space space = random_space(random, slate.candidates, 1);
    space.theta = 1;
    EXPECT_EQ(run(operators::dpp(), slate, space).picks, run(operators::greedy(), slate, space).picks);
  }
}

TEST(Dpp, StaysExactOverALongPage) {
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  Slate slate{.candidates = 400, .relevance = std::vector<float>(400, 1), .rules = {}, .take = 400};
  Space space{.vectors = {}, .dimension = 6, .theta = 0.3F, .window = 4};
  for (int i = 0; i < 400; ++i) {
    auto& v = space.vectors.emplace_back(6);
    for (float& x : v) x = normal(random);
  }
  const auto objective = [&](const Page& page, uint32_t i) {
    return double{space.theta} + (1 - double{space.theta}) * log_complement(space, page, i);
  };
  // With 6 dimensions and 4 in the window what is left is well away from 0, but for the last few.
  RerankResult result = run(operators::dpp(), slate, space);
  ASSERT_EQ(result.picks.size(), 400U);
  Page page;
  std::vector<uint8_t> left(400, 1);
  for (const uint32_t pick : result.picks) {
    double best = -std::numeric_limits<double>::infinity();
    for (uint32_t i = 0; i < 400; i += 7) {
      if (left[i]) best = std::max(best, objective(page, i));
    }
    ASSERT_GE(objective(page, pick), best - 1e-3) << page.size();
    left[pick] = 0;
    page.push_back(pick);
  }
}

TEST(Ssd, PicksTheBestAtEachPositionOfRandomSlates) {
  std::mt19937 random(12);
  for (int round = 0; round < 1500; ++round) {
    const Slate slate = random_slate(random);
    const Space space = random_space(random, slate.candidates, 1);
    const auto objective = [&](const Page& page, uint32_t i) { return ssd_objective(slate, space, page, i); };
    replay(slate, run(operators::ssd(), slate, space), 1e-5, objective);
    if (round % 10 == 0)
      expect_recorded(slate, rerank_of(operators::ssd()), SpaceCall(slate, space).built.call, 1e-5, objective);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST(Ssd, WithoutDiversityIsThePlainOrder) {
  std::mt19937 random(8);
  for (int round = 0; round < 200; ++round) {
    const Slate slate = random_slate(random);
    Space space = random_space(random, slate.candidates, 1);
    space.gamma = 0;
    EXPECT_EQ(run(operators::ssd(), slate, space).picks, run(operators::greedy(), slate, space).picks);
  }
}

}  // namespace
}  // namespace rec::tests
