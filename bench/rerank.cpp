// MMR and DPP, 50 of 500 candidates of 64 dimensions, window 10, from vectors: against fifty matrix-vector products.
// With a file's name it writes the problem and its picks there, for rerank_numpy.py to do the same work.
#include <Eigen/Dense>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "bench/measure.h"
#include "operators/list.h"

namespace {

using namespace rec;

constexpr uint32_t kCandidates = 500, kDimensions = 64, kPicks = 50;
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

int main(int argc, char** argv) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  Matrix vectors(kCandidates, kDimensions);
  std::vector<float> relevance;
  for (uint32_t i = 0; i < kCandidates; ++i) {
    relevance.push_back(normal(random));
    for (uint32_t e = 0; e < kDimensions; ++e) vectors(i, e) = normal(random);
  }
  std::vector<const float*> pointers;
  for (uint32_t i = 0; i < kCandidates; ++i) pointers.push_back(vectors.row(i).data());
  const operators::SimilarityTerm cosine{
      .kind = operators::SimilarityTerm::Kind::cosine, .weight = 1, .dimension = kDimensions, .vectors = pointers};

  size_t sink = 0;
  column::Arena arena;
  std::span<const float> relevant = relevance;
  const auto picks = [&](const operators::OperatorDef& def) {
    arena.reset();
    return std::get<operators::RerankDef>(def.what)
        .run({.candidates = kCandidates,
              .relevance = relevant,
              .similarity = {&cosine, 1},
              .theta = 0.5F,
              .window = 10,
              .take = kPicks,
              .arena = arena})
        .picks;
  };
  const auto rerank = [&](operators::OperatorDef def) {
    return [&picks, &sink, def = std::move(def)] { sink += picks(def).size(); };
  };
  Eigen::VectorXf product(kCandidates);
  const auto products = [&] {
    for (uint32_t k = 0; k < kPicks; ++k) {
      product.noalias() = vectors * vectors.row(k).transpose();
      sink += product(k % kCandidates) > 0 ? 1 : 0;
    }
  };
  if (argc > 1) {
    nlohmann::json problem{{"relevance", relevance}, {"vectors", nlohmann::json::array()}};
    for (const float* vector : pointers) problem["vectors"].push_back(std::vector<float>(vector, vector + kDimensions));
    problem["mmr"] = picks(operators::mmr());
    problem["dpp"] = picks(operators::dpp());
    std::ofstream(argv[1]) << problem;
    return 0;
  }
  const std::string work = "50 of 500 x 64, window 10, by ";
  const double mmr = bench::compare(work + "mmr (at most 2 wanted)", {"rec", rerank(operators::mmr())},
                                    {"50 products, Eigen", products});
  const double dpp = bench::compare(work + "dpp (at most 2.5 wanted)", {"rec", rerank(operators::dpp())},
                                    {"50 products, Eigen", products});
  // Nobody can be left out by their relevance.
  const std::vector<float> equal(kCandidates, 1);
  relevant = equal;
  bench::compare(work + "dpp, all equally relevant", {"rec", rerank(operators::dpp())},
                 {"50 products, Eigen", products});
  return sink > 0 && mmr > 0 && dpp > 0 ? 0 : 1;
}
