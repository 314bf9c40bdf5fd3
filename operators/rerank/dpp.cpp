// `dpp`: determinantal point process, chosen greedily (algorithms.md, "DPP"; the factor after Chen, Zhang and Zhou
// 2018).
#include <cmath>
#include <limits>

#include "operators/list.h"
#include "operators/numerics/log.h"
#include "operators/rerank/parameters.h"
#include "operators/rerank/selection.h"
#include "operators/rerank/similarity.h"
#include "operators/rerank/window_factor.h"

namespace rec::operators {
namespace {

constexpr double kRidge = 1e-6;      // added to A_ii
constexpr double kDuplicate = 2e-6;  // a complement at most this is that of a duplicate, which has just under 2 kRidge

/// θ · relevance + (1 − θ) · log of the complement, which is what the log-determinant gains.
class Objective {
 public:
  explicit Objective(const RerankCall& call)
      : theta_(static_cast<double>(call.theta)),
        similarity_(call.similarity, call.candidates, call.arena),
        likeness_(call.arena.allocate<float>(call.candidates)),
        factor_(diagonal(call), effective_window(call).value_or(most_placed(call)), call.arena),
        gains_(call.arena.allocate<double>(call.candidates)),
        values_(call.arena.allocate<double>(call.candidates)),
        eligible_(call.arena.allocate<uint8_t>(call.candidates)) {
    for (uint32_t i = 0; i < call.candidates; ++i) gains_[i] = theta_ * static_cast<double>(call.relevance[i]);
    refresh();
  }

  void place(uint32_t pick) {
    if (theta_ == 1) return;
    similarity_.row(pick, likeness_);
    const auto row = factor_.row();
    for (size_t i = 0; i < row.size(); ++i)
      row[i] = std::isfinite(likeness_[i]) ? static_cast<double>(likeness_[i]) : 0;
    factor_.push(pick);
    refresh();
  }

  std::span<const double> values() const { return values_; }
  /// Those that are no duplicates of the window.
  std::span<const uint8_t> eligible() const { return eligible_; }

 private:
  std::span<const double> diagonal(const RerankCall& call) {
    similarity_.diagonal(likeness_);
    const auto out = call.arena.allocate<double>(call.candidates);
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = (std::isfinite(likeness_[i]) ? static_cast<double>(likeness_[i]) : 1) + kRidge;
    return out;
  }

  void refresh() {
    const auto complements = factor_.complements();
    const double diversity = 1 - theta_;
    // Two loops, so that each is one of vectors.
    for (size_t i = 0; i < values_.size(); ++i) eligible_[i] = complements[i] > kDuplicate || diversity == 0 ? 1 : 0;
    for (size_t i = 0; i < values_.size(); ++i) {
      const double complement = complements[i] > kDuplicate ? complements[i] : kDuplicate;
      values_[i] = gains_[i] + diversity * numerics::log_core(complement);
    }
  }

  double theta_;
  Similarity similarity_;
  std::span<float> likeness_;
  WindowFactor factor_;
  std::span<double> gains_, values_;
  std::span<uint8_t> eligible_;
};

RerankResult run(const RerankCall& call) {
  Objective objective(call);
  std::vector<uint8_t> fresh(call.candidates);
  return select(
      call,
      [&](std::span<const uint8_t> allowed, std::span<const uint8_t>) {
        bool any = false;
        for (size_t i = 0; i < fresh.size(); ++i) {
          fresh[i] = allowed[i] & objective.eligible()[i];
          any |= fresh[i] != 0;
        }
        // Duplicates are left for when there is nothing else, by relevance.
        return any ? best_of<double>(objective.values(), fresh) : best_of<float>(call.relevance, allowed);
      },
      [&](uint32_t pick) { objective.place(pick); },
      [&](uint32_t i) {
        return objective.eligible()[i] != 0 ? objective.values()[i] : -std::numeric_limits<double>::infinity();
      });
}

}  // namespace

OperatorDef dpp() {
  return {.name = "dpp",
          .doc =
              "Selects, one by one, the candidate with the best sum of relevance and gain in log-determinant of the "
              "similarities.",
          .example = "rerank dpp(relevance: value, similarity: cosine(item.content), theta: 0.7, window: 10) take 30",
          .parameters = {relevance_parameter(), similarity_parameter(), theta_parameter(), window_parameter()},
          .what = RerankDef{.run = run, .takes_similarity = true}};
}

}  // namespace rec::operators
