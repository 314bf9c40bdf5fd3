// `mmr`: maximal marginal relevance (Carbonell and Goldstein 1998; algorithms.md, "MMR"): relevance against likeness to
// what is selected already.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "operators/list.h"
#include "operators/rerank/greedy.h"
#include "operators/rerank/parameters.h"
#include "operators/rerank/selection.h"
#include "operators/rerank/similarity.h"
#include "operators/rerank/waiting.h"
#include "operators/rerank/window_maximum.h"

namespace rec::operators {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kRounding = 1.001;  // a cosine's: more than it can be below -1 by

/// How far likeness can be below 0: only a cosine and a product can. Infinite where nobody knows.
double least_likeness(std::span<const SimilarityTerm> terms) {
  double least = 0;
  for (const SimilarityTerm& term : terms) {
    const bool bounded = term.kind != SimilarityTerm::Kind::dot && std::isfinite(term.weight);
    if (!bounded) return std::numeric_limits<double>::infinity();
    if (term.kind == SimilarityTerm::Kind::cosine) least += static_cast<double>(term.weight) * kRounding;
  }
  return least;
}

/// θ · relevance − (1 − θ) · likeness, in double.
///
/// Likeness is at least minus the weights of the cosines, so relevance alone gives a bound. Only candidates whose bound
/// has reached the best objective so far take part; the others wait, and their vectors are not looked at.
class Objective {
 public:
  explicit Objective(const RerankCall& call)
      : theta_(static_cast<double>(call.theta)),
        diversity_(1 - theta_),
        lift_(diversity_ * least_likeness(call.similarity)),
        relevance_(call.relevance),
        similarity_(call.similarity, call.candidates, call.arena),
        likeness_(call.candidates, effective_window(call), call.arena),
        gains_(call.arena.allocate<double>(call.candidates)),
        values_(call.arena.allocate<double>(call.candidates)),
        candidates_(call.arena.allocate<uint32_t>(call.candidates)),
        place_of_(call.arena.allocate<uint32_t>(call.candidates)),
        waiting_(call.candidates, call.arena) {
    line_up(call);
  }

  void place(uint32_t pick) {
    const uint32_t place = place_of_[pick];
    similarity_.row(place, 0, likeness_.next_row());
    likeness_.push(place);
    gains_[place] = std::numeric_limits<double>::quiet_NaN();  // it is not looked at again
    refresh(0);
  }

  /// Of one that takes part.
  double of(uint32_t candidate) const { return values_[place_of_[candidate]]; }

  /// The first of the best of `allowed`; who wins, takes part.
  uint32_t best(ConstCandidateSet allowed) {
    for (;;) {
      const auto best = best_present(allowed);
      if (waiting_.empty()) return best ? *best : first_of(allowed);
      const double bound = waiting_.highest() + (likeness_.empty() ? 0 : lift_);
      if (best && of(*best) > bound) return *best;
      admit(waiting_.take());
    }
  }

 private:
  /// Those shown before take part at once, and whoever is being recorded; the others wait.
  void line_up(const RerankCall& call) {
    std::vector<uint32_t> at_once;
    for (uint32_t i = 0; i < call.candidates; ++i) {
      const bool waits = i >= call.placed + call.begun && (call.record == nullptr || call.record->candidate != i);
      const double gain = gain_of(i);
      if (waits && std::isfinite(lift_)) {
        waiting_.add(std::isnan(gain) ? kNone : gain, i);
      } else {
        at_once.push_back(i);
      }
    }
    if (!at_once.empty()) admit(at_once);
  }

  void admit(std::span<const uint32_t> candidates) {
    const size_t first = count_;
    for (const uint32_t candidate : candidates) {
      place_of_[candidate] = static_cast<uint32_t>(count_);
      gains_[count_] = gain_of(candidate);
      candidates_[count_++] = candidate;
    }
    similarity_.add(candidates);
    likeness_.extend(candidates.size(),
                     [&](uint32_t member, size_t from, std::span<float> out) { similarity_.row(member, from, out); });
    refresh(first);
  }

  double gain_of(uint32_t candidate) const { return theta_ * static_cast<double>(relevance_[candidate]); }

  /// The objectives from the place `first` on.
  void refresh(size_t first) {
    if (likeness_.empty()) {
      for (size_t i = first; i < count_; ++i) values_[i] = gains_[i];
      return;
    }
    const auto maxima = likeness_.maxima();
    for (size_t i = first; i < count_; ++i) values_[i] = gains_[i] - diversity_ * static_cast<double>(maxima[i]);
  }

  /// Of those that take part; none where none is allowed whose objective is a number.
  std::optional<uint32_t> best_present(ConstCandidateSet allowed) const {
    std::optional<uint32_t> best;
    double most = kNone;
    numerics::visit_at_least(values_.first(count_), most, [&](uint32_t place) {
      const uint32_t candidate = candidates_[place];
      const double value = values_[place];
      if (!(value >= most) || !contains(allowed, candidate)) return;
      if (best && value == most && candidate > *best) return;
      best = candidate;
      most = value;
    });
    return best;
  }

  double theta_, diversity_, lift_;
  std::span<const float> relevance_;
  Similarity similarity_;
  WindowMaximum likeness_;
  size_t count_ = 0;                           // that take part
  std::span<double> gains_, values_;           // by place
  std::span<uint32_t> candidates_, place_of_;  // those that take part, by place; and back
  Waiting waiting_;
};

RerankResult run(const RerankCall& call) {
  if (call.theta == 1) return rerank_greedy(call);  // likeness must not matter even where it is not finite
  Objective objective(call);
  return select(
      call, [&](ConstCandidateSet allowed, ConstCandidateSet) { return objective.best(allowed); },
      [&](uint32_t pick) { objective.place(pick); }, [&](uint32_t i) { return objective.of(i); });
}

}  // namespace

OperatorDef mmr() {
  return {
      .name = "mmr",
      .doc = "Selects, one by one, the candidate with the best balance of relevance and unlikeness to those selected.",
      .example = "rerank mmr(relevance: value, similarity: cosine(item.content), theta: 0.7, window: 10) take 30",
      .parameters = {relevance_parameter(), similarity_parameter(), theta_parameter(), window_parameter()},
      .what = RerankDef{.run = run, .takes_similarity = true}};
}

}  // namespace rec::operators
