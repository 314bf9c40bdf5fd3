// `ssd`: sliding spectrum decomposition (Huang et al. 2021; algorithms.md, "SSD"): relevance and the volume that a
// vector spans with those of the window.
#include <algorithm>
#include <cmath>

#include "operators/list.h"
#include "operators/rerank/parameters.h"
#include "operators/rerank/selection.h"
#include "operators/rerank/window_factor.h"

namespace rec::operators {
namespace {

/// relevance + γ · |residual| · Π over the window |residual|. Residuals by Gram-Schmidt are what a Cholesky factor of
/// the dot products has on its diagonal, so the factor that slides serves here too.
class Objective {
 public:
  explicit Objective(const RerankCall& call)
      : relevance_(call.relevance),
        gamma_(static_cast<double>(call.gamma)),
        dimension_(call.dimension),
        elements_(call.arena.allocate<double>(size_t{call.dimension} * call.candidates)),
        squares_(load(call)),
        factor_(call.candidates, effective_window(call).value_or(most_placed(call)), call.arena),
        values_(call.arena.allocate<double>(call.candidates)) {
    factor_.extend(squares_, [](auto, auto, auto) {});  // there are no members yet
    refresh();
  }

  void place(uint32_t pick) {
    if (gamma_ == 0) return;
    const auto row = factor_.row();
    std::ranges::fill(row, 0.0);
    for (size_t e = 0; e < dimension_; ++e) {
      const double* const lane = elements_.data() + e * row.size();
      const double own = lane[pick];
      for (size_t i = 0; i < row.size(); ++i) row[i] += own * lane[i];
    }
    factor_.push(pick);
    refresh();
  }

  std::span<const double> values() const { return values_; }

 private:
  /// Vectors side by side, element by element; one that is missing or whose length is not finite becomes zero. Returns
  /// the squares of their lengths.
  std::span<const double> load(const RerankCall& call) {
    const auto squares = call.arena.allocate<double>(call.candidates);
    for (size_t i = 0; i < squares.size(); ++i) {
      const float* const vector = call.vectors.empty() ? nullptr : call.vectors[i];
      double sum = 0;
      for (size_t e = 0; vector != nullptr && e < dimension_; ++e)
        sum += static_cast<double>(vector[e]) * static_cast<double>(vector[e]);
      const bool there = vector != nullptr && std::isfinite(sum);
      squares[i] = there ? sum : 0;
      for (size_t e = 0; e < dimension_; ++e)
        elements_[e * squares.size() + i] = there ? static_cast<double>(vector[e]) : 0;
    }
    return squares;
  }

  void refresh() {
    // A vector that depends on the others of the window leaves no volume; one that is missing or zero has no part in
    // it.
    double volume = 1;
    for (size_t k = 0; k < factor_.members().size(); ++k) {
      if (squares_[factor_.members()[k]] > 0) volume *= factor_.pivot(k);
    }
    const auto complements = factor_.complements();
    for (size_t i = 0; i < values_.size(); ++i) {
      const bool adds = complements[i] > WindowFactor::kDependent * squares_[i] && gamma_ > 0 && volume > 0;
      values_[i] = static_cast<double>(relevance_[i]) + (adds ? gamma_ * std::sqrt(complements[i]) * volume : 0);
    }
  }

  std::span<const float> relevance_;
  double gamma_;
  size_t dimension_;
  std::span<double> elements_;
  std::span<const double> squares_;
  WindowFactor factor_;
  std::span<double> values_;
};

RerankResult run(const RerankCall& call) {
  Objective objective(call);
  return select(
      call, [&](ConstCandidateSet allowed, ConstCandidateSet) { return best_of(objective.values(), allowed); },
      [&](uint32_t pick) { objective.place(pick); }, [&](uint32_t i) { return objective.values()[i]; });
}

}  // namespace

OperatorDef ssd() {
  return {
      .name = "ssd",
      .doc =
          "Selects, one by one, the candidate with the best sum of relevance and volume that its vector adds to the "
          "window's.",
      .example = "rerank ssd(relevance: value, vectors: item.content, gamma: 0.5, window: 10) take 30",
      .parameters = {relevance_parameter(),
                     {.name = "vectors", .type = types::vector(0), .doc = "the vector of a candidate"},
                     {.name = "gamma", .low = 0, .doc = "the weight of diversity"},
                     window_parameter()},
      .what = RerankDef{.run = run}};
}

}  // namespace rec::operators
