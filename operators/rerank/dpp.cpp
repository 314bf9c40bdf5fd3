// `dpp`: determinantal point process, chosen greedily (algorithms.md, "DPP"; the factor after Chen, Zhang and Zhou
// 2018).
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "operators/list.h"
#include "operators/numerics/log_double.h"
#include "operators/numerics/vectors.h"
#include "operators/rerank/greedy.h"
#include "operators/rerank/parameters.h"
#include "operators/rerank/selection.h"
#include "operators/rerank/similarity.h"
#include "operators/rerank/waiting.h"
#include "operators/rerank/window_factor.h"

namespace rec::operators {
namespace {

constexpr double kRidge = 1e-6;       // added to A_ii
constexpr double kRounding = 1.0001;  // a bound's: more than a complement can exceed it by
constexpr double kDuplicate = 2e-6;   // a complement at most this is that of a duplicate, which has just under 2 kRidge

/// θ · relevance + (1 − θ) · log of the complement, which is what the log-determinant gains.
///
/// A complement is at most A_ii, so θ · relevance + (1 − θ) · log A_ii is a bound that no window lifts. Only candidates
/// whose bound has reached the best objective so far take part; the others wait.
class Objective {
 public:
  explicit Objective(const RerankCall& call)
      : theta_(static_cast<double>(call.theta)),
        relevance_(call.relevance),
        arena_(call.arena),
        similarity_(call.similarity, call.candidates, call.arena),
        likeness_(call.arena.allocate<float>(call.candidates)),
        factor_(call.candidates, effective_window(call).value_or(most_placed(call)), call.arena),
        gains_(call.arena.allocate<double>(call.candidates)),
        estimates_(call.arena.allocate<double>(call.candidates)),
        place_of_(call.candidates, kWaits),
        waiting_(call.candidates, call.arena) {
    candidates_.reserve(call.candidates);
    line_up(call);
  }

  void place(uint32_t pick) {
    fill(place_of_[pick], 0, factor_.row());
    factor_.push(place_of_[pick]);
    estimate(0);
  }

  /// No duplicate of the window. Of one that takes part.
  bool eligible(uint32_t candidate) const { return factor_.complements()[place_of_[candidate]] > kDuplicate; }
  double of(uint32_t candidate) const { return at(place_of_[candidate]); }

  /// The first of the best that are eligible among `allowed`; none where none is.
  std::optional<uint32_t> best(ConstCandidateSet allowed) {
    for (;;) {
      const auto best = best_present(allowed);
      if (waiting_.empty() || (best && of(*best) > waiting_.highest())) return best;
      admit(waiting_.take());
    }
  }

 private:
  static constexpr uint32_t kWaits = UINT32_MAX;
  /// Those shown before take part at once, and whoever is being recorded; the others wait.
  void line_up(const RerankCall& call) {
    constexpr double kNone = -std::numeric_limits<double>::infinity();
    const double diversity = 1 - theta_;
    double same_for_all = kRidge;
    for (const auto& term : call.similarity) {
      if (term.kind != SimilarityTerm::Kind::dot) same_for_all += static_cast<double>(term.weight);
    }
    const double common = diversity * numerics::log_core(same_for_all * kRounding);
    const bool products =
        std::ranges::find(call.similarity, SimilarityTerm::Kind::dot, &SimilarityTerm::kind) != call.similarity.end();
    const auto bound_of = [&](uint32_t i) {
      if (!products) return std::isnan(gain(i)) ? kNone : gain(i) + common;
      double like_itself = same_for_all;
      for (const auto& term : call.similarity) {
        if (term.kind != SimilarityTerm::Kind::dot) continue;
        const float* const v = term.vectors[i];
        const double square = v == nullptr ? 0 : numerics::dot(v, v, term.dimension);
        like_itself += static_cast<double>(term.weight) * (square > 0 ? square : 1);
      }
      if (!std::isfinite(like_itself)) return std::numeric_limits<double>::infinity();
      const double bound = gain(i) + diversity * numerics::log_core(like_itself * kRounding);
      return std::isnan(bound) ? kNone : bound;
    };
    std::vector<uint32_t> at_once;
    const double recorded = call.record == nullptr ? 0 : bound_of(call.record->candidate);
    for (uint32_t i = 0; i < call.candidates; ++i) {
      const double bound = bound_of(i);
      // With its equals: what is alike is computed alike.
      if (i < call.placed + call.begun || (call.record != nullptr && bound == recorded)) {
        at_once.push_back(i);
      } else {
        waiting_.add(bound, i);
      }
    }
    if (!at_once.empty()) admit(at_once);
  }

  void admit(std::span<const uint32_t> candidates) {
    const size_t first = candidates_.size();
    for (const uint32_t candidate : candidates) {
      place_of_[candidate] = static_cast<uint32_t>(candidates_.size());
      gains_[candidates_.size()] = gain(candidate);
      candidates_.push_back(candidate);
    }
    similarity_.add(candidates);
    const auto diagonal = arena_.allocate<double>(candidates.size());
    const auto like_itself = likeness_.first(candidates.size());
    similarity_.diagonal(first, like_itself);
    for (size_t i = 0; i < diagonal.size(); ++i)
      diagonal[i] = (std::isfinite(like_itself[i]) ? static_cast<double>(like_itself[i]) : 1) + kRidge;
    factor_.extend(diagonal, [&](uint32_t member, size_t from, std::span<double> out) { fill(member, from, out); });
    estimate(first);
  }

  /// A_i,place of the places from `first` on.
  void fill(uint32_t place, size_t first, std::span<double> out) {
    const auto row = likeness_.first(out.size());
    similarity_.row(place, first, row);
    for (size_t i = 0; i < out.size(); ++i) out[i] = std::isfinite(row[i]) ? static_cast<double>(row[i]) : 0;
  }

  double gain(uint32_t candidate) const { return theta_ * static_cast<double>(relevance_[candidate]); }
  double at(size_t place) const {
    return gains_[place] + (1 - theta_) * numerics::log_core(factor_.complements()[place]);
  }

  /// The exponent of a float and a cubic in its mantissa 1 + t: log2(1 + t) lies from 0.0004 below it to 0.0012 above,
  /// rounding included. Two estimates so far apart tell which logarithm is the larger.
  static double estimated_log(double x) {
    const auto bits = std::bit_cast<int32_t>(static_cast<float>(x));
    const auto exponent = static_cast<float>((bits >> 23) - 127);
    const float t = std::bit_cast<float>((bits & 0x7FFFFF) | 0x3F800000) - 1;
    return kLn2 * static_cast<double>(exponent + t + t * (1 - t) * (0.42F - 0.158F * t));
  }
  static constexpr double kLn2 = 0.6931471805599453, kApart = 0.002;

  /// Of the places from `first` on; NaN for duplicates.
  void estimate(size_t first) {
    const auto complements = factor_.complements();
    for (size_t i = first; i < complements.size(); ++i) {
      const double estimate = gains_[i] + (1 - theta_) * estimated_log(complements[i]);
      estimates_[i] = complements[i] > kDuplicate ? estimate : std::numeric_limits<double>::quiet_NaN();
    }
  }

  std::optional<uint32_t> best_present(ConstCandidateSet allowed) const {
    const auto estimates = estimates_.first(candidates_.size());
    double top = -std::numeric_limits<double>::infinity();
    numerics::visit_at_least(estimates, top, [&](uint32_t place) {
      if (contains(allowed, candidates_[place]) && estimates[place] > top) top = estimates[place];
    });
    // A logarithm is computed only where its estimate leaves open who is best.
    const double least = top - (1 - theta_) * kLn2 * kApart;
    std::optional<uint32_t> best;
    double most = 0;
    const auto look = [&](uint32_t place) {
      const uint32_t candidate = candidates_[place];
      if (!contains(allowed, candidate) || estimates[place] < least || !eligible(candidate)) return;
      const double value = at(place);
      const bool better = !best || is_better(value, most) || (!is_better(most, value) && candidate < *best);
      if (!better) return;
      best = candidate;
      most = value;
    };
    if (top > -std::numeric_limits<double>::infinity()) {
      numerics::visit_at_least(estimates, least, look);
    } else {  // no relevance is a number
      for (uint32_t place = 0; place < estimates.size(); ++place) look(place);
    }
    return best;
  }

  double theta_;
  std::span<const float> relevance_;
  column::Arena& arena_;
  Similarity similarity_;
  std::span<float> likeness_;
  WindowFactor factor_;
  std::span<double> gains_, estimates_;            // by place
  std::vector<uint32_t> candidates_{}, place_of_;  // those that take part, by place; and back
  Waiting waiting_;
};

/// The most relevant, where all are duplicates.
uint32_t most_relevant(std::span<const float> relevance, ConstCandidateSet allowed) {
  uint32_t best = first_of(allowed);
  for (uint32_t i = best + 1; i < relevance.size(); ++i) {
    if (contains(allowed, i) && is_better(static_cast<double>(relevance[i]), static_cast<double>(relevance[best])))
      best = i;
  }
  return best;
}

RerankResult run(const RerankCall& call) {
  if (call.theta == 1) return rerank_greedy(call);
  Objective objective(call);
  return select(
      call,
      [&](ConstCandidateSet allowed, ConstCandidateSet) {
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
