// MMR and DPP, 50 of 500 candidates of 64 dimensions, window 10, from vectors: against fifty matrix-vector products.
#include <Eigen/Dense>
#include <random>

#include "bench/measure.h"
#include "operators/list.h"

namespace {

using namespace rec;

constexpr uint32_t kCandidates = 500, kDimensions = 64, kPicks = 50;
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

int main() {
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
  const auto rerank = [&](const operators::OperatorDef& def) {
    return [&arena, &relevance, &cosine, &sink, run = std::get<operators::RerankDef>(def.what).run] {
      arena.reset();
      sink += run({.candidates = kCandidates,
                   .relevance = relevance,
                   .similarity = {&cosine, 1},
                   .theta = 0.5F,
                   .window = 10,
                   .take = kPicks,
                   .arena = arena})
                  .picks.size();
    };
  };
  Eigen::VectorXf product(kCandidates);
  const auto products = [&] {
    for (uint32_t k = 0; k < kPicks; ++k) {
      product.noalias() = vectors * vectors.row(k).transpose();
      sink += product(k % kCandidates) > 0 ? 1 : 0;
    }
  };
  const std::string work = "50 of 500 x 64, window 10, by ";
  const double mmr = bench::compare(work + "mmr (at most 2 wanted)", {"rec", rerank(operators::mmr())},
                                    {"50 products, Eigen", products});
  const double dpp = bench::compare(work + "dpp (at most 2.5 wanted)", {"rec", rerank(operators::dpp())},
                                    {"50 products, Eigen", products});
  return sink > 0 && mmr > 0 && dpp > 0 ? 0 : 1;
}
