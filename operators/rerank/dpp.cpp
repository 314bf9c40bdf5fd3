// `dpp`: determinantal point process, chosen greedily (algorithms.md, "DPP"; the factor after Chen, Zhang and Zhou
// 2018).
#include <cmath>
#include <limits>
#include <optional>

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
        estimates_(call.arena.allocate<double>(call.candidates)) {
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

  /// No duplicate of the window.
  bool eligible(uint32_t candidate) const { return theta_ == 1 || factor_.complements()[candidate] > kDuplicate; }
  double of(uint32_t candidate) const {
    return gains_[candidate] + (1 - theta_) * numerics::log_core(factor_.complements()[candidate]);
  }
  /// The first of the best that are eligible among `allowed`; none where none is.
  std::optional<uint32_t> best(std::span<const uint8_t> allowed) const {
    const double top = estimates_[best_of(estimates_, allowed)];
    // A logarithm is computed only where its estimate leaves open who is best.
    const double least = top - (1 - theta_) * kLn2 * kEstimateError;
    std::optional<uint32_t> best;
    double most = 0;
    const auto look = [&](uint32_t i) {
      if (allowed[i] == 0 || estimates_[i] < least || !eligible(i)) return;
      const double value = of(i);
      if (best && !is_better(value, most)) return;
      best = i;
      most = value;
    };
    if (top > -std::numeric_limits<double>::infinity()) {
      numerics::visit_at_least(estimates_, least, look);
    } else {  // no relevance is a number
      for (uint32_t i = 0; i < allowed.size(); ++i) look(i);
    }
    return best;
  }

 private:
  std::span<const double> diagonal(const RerankCall& call) {
    similarity_.diagonal(likeness_);
    const auto out = call.arena.allocate<double>(call.candidates);
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = (std::isfinite(likeness_[i]) ? static_cast<double>(likeness_[i]) : 1) + kRidge;
    return out;
  }

  /// A float's bits, read as a number, are its binary logarithm but for what the mantissa m in [1, 2) lies below its
  /// chord: log2(m) − (m − 1) is from 0 to 0.0861. Rounding adds less than 0.0001.
  static double estimated_log(double x) {
    constexpr float kOne = 1U << 23;
    return kLn2 * static_cast<double>(static_cast<float>(std::bit_cast<int32_t>(static_cast<float>(x))) / kOne - 127);
  }
  static constexpr double kLn2 = 0.6931471805599453, kEstimateError = 0.0863;

  void refresh() {
    const auto complements = factor_.complements();
    const double diversity = 1 - theta_;
    const double least = diversity == 0 ? -std::numeric_limits<double>::infinity() : kDuplicate;
    for (size_t i = 0; i < estimates_.size(); ++i) {
      const double estimate = gains_[i] + diversity * estimated_log(complements[i]);
      const bool counts = complements[i] > least;
      estimates_[i] = counts ? estimate : std::numeric_limits<double>::quiet_NaN();
    }
  }

  double theta_;
  Similarity similarity_;
  std::span<float> likeness_;
  WindowFactor factor_;
  std::span<double> gains_, estimates_;
};

/// The most relevant, where all are duplicates.
uint32_t most_relevant(std::span<const float> relevance, std::span<const uint8_t> allowed) {
  auto best = static_cast<uint32_t>(std::ranges::find(allowed, uint8_t{1}) - allowed.begin());
  for (uint32_t i = best + 1; i < allowed.size(); ++i) {
    if (allowed[i] != 0 && is_better(static_cast<double>(relevance[i]), static_cast<double>(relevance[best]))) best = i;
  }
  return best;
}

RerankResult run(const RerankCall& call) {
  Objective objective(call);
  return select(
      call,
      [&](std::span<const uint8_t> allowed, std::span<const uint8_t>) {
        const auto best = objective.best(allowed);
        return best ? *best : most_relevant(call.relevance, allowed);
      },
      [&](uint32_t pick) { objective.place(pick); },
      [&](uint32_t i) { return objective.eligible(i) ? objective.of(i) : -std::numeric_limits<double>::infinity(); });
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
