// MMR and DPP, 50 of 500 candidates of 64 dimensions, window 10, from vectors, without rules and with four: against
// fifty matrix-vector products. Fails where a ratio is above what is wanted.
// With a file's name it writes the problem and its picks there, for rerank_numpy.py to do the same work.
#include <Eigen/Dense>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "bench/measure.h"
#include "operators/list.h"

namespace {

using namespace rec;

constexpr uint32_t kCandidates = 500, kDimensions = 64, kPicks = 50, kAuthors = 100;
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Problem {
  Matrix vectors{kCandidates, kDimensions};
  std::vector<const float*> pointers;
  std::vector<float> relevance;
  std::vector<uint8_t> video, boosted, fresh;
  std::vector<int64_t> author;
  std::vector<column::ListRef> authors;

  Problem() {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (uint32_t i = 0; i < kCandidates; ++i) {
      relevance.push_back(normal(random));
      for (uint32_t e = 0; e < kDimensions; ++e) vectors(i, e) = normal(random);
    }
    for (uint32_t i = 0; i < kCandidates; ++i) {
      pointers.push_back(vectors.row(i).data());
      video.push_back(random() % 10 < 6 ? 1 : 0);
      boosted.push_back(random() % 10 < 1 ? 1 : 0);
      fresh.push_back(random() % 10 < 1 ? 1 : 0);
      author.push_back(static_cast<int64_t>(random() % kAuthors) * 7919);
    }
    for (const int64_t& value : author) authors.push_back({&value, 1});
  }

  /// must at most 1 in any 9 where boosted; at most 5 in a row where video; at most 2 in any 10 by author; at least 2
  /// in first 10 where fresh.
  std::vector<operators::RuleInput> four_rules() const {
    using Scope = operators::RuleInput::Scope;
    return {{.must = true, .count = 1, .scope = Scope::in_any, .length = 9, .matches = boosted},
            {.count = 5, .scope = Scope::in_a_row, .matches = video},
            {.count = 2, .scope = Scope::in_any, .length = 10, .grouped = true, .groups = authors},
            {.at_least = true, .count = 2, .scope = Scope::in_first, .length = 10, .matches = fresh}};
  }
};

}  // namespace

int main(int argc, char** argv) {
  const Problem problem;
  const operators::SimilarityTerm cosine{.kind = operators::SimilarityTerm::Kind::cosine,
                                         .weight = 1,
                                         .dimension = kDimensions,
                                         .vectors = problem.pointers};
  const std::vector<float> equal(kCandidates, 1);  // nobody can be left out by their relevance
  const auto rules = problem.four_rules();

  size_t sink = 0;
  column::Arena arena;
  const auto picks = [&](const operators::OperatorDef& def, std::span<const float> relevance,
                         std::span<const operators::RuleInput> by) {
    arena.reset();
    return std::get<operators::RerankDef>(def.what)
        .run({.candidates = kCandidates,
              .relevance = relevance,
              .similarity = {&cosine, 1},
              .theta = 0.5F,
              .window = 10,
              .take = kPicks,
              .rules = by,
              .arena = arena})
        .picks;
  };
  if (argc > 1) {
    nlohmann::json out{{"relevance", problem.relevance}, {"vectors", nlohmann::json::array()}};
    for (const float* vector : problem.pointers) out["vectors"].push_back(std::vector(vector, vector + kDimensions));
    out["mmr"] = picks(operators::mmr(), problem.relevance, {});
    out["dpp"] = picks(operators::dpp(), problem.relevance, {});
    std::ofstream(argv[1]) << out;
    return 0;
  }
  Eigen::VectorXf product(kCandidates);
  const auto products = [&] {
    for (uint32_t k = 0; k < kPicks; ++k) {
      product.noalias() = problem.vectors * problem.vectors.row(k).transpose();
      sink += product(k % kCandidates) > 0 ? 1 : 0;
    }
  };
  bool missed = false;
  const auto compare = [&](const std::string& work, const operators::OperatorDef& def, std::span<const float> relevance,
                           std::span<const operators::RuleInput> by, std::optional<double> wanted) {
    const std::string title = "50 of 500 x 64, window 10, by " + work;
    const double ratio =
        bench::compare(wanted ? fmt::format("{} (at most {} wanted)", title, *wanted) : title,
                       {"rec", [&] { sink += picks(def, relevance, by).size(); }}, {"50 products, Eigen", products});
    missed = missed || (wanted && ratio > *wanted);
  };
  for (const auto& [name, def, wanted] : {std::tuple{"mmr", operators::mmr(), 1.5}, {"dpp", operators::dpp(), 1.8}}) {
    const std::string work = name;
    compare(work, def, problem.relevance, {}, wanted);
    compare(work + " with four rules", def, problem.relevance, rules, wanted);
    compare(work + ", all equally relevant", def, equal, {}, std::nullopt);
    compare(work + " with four rules, all equally relevant", def, equal, rules, std::nullopt);
  }
  return sink > 0 && !missed ? 0 : 1;
}
