// The loop of every reranker: narrow by the rules, choose, place, until the page is full.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "operators/numerics/lanes.h"
#include "operators/operator.h"
#include "operators/rules/candidate_set.h"
#include "operators/rules/rules.h"

namespace rec::operators {

/// Larger is better, NaN loses to everything; equal: neither.
inline bool is_better(double a, double b) {
  return a > b || (std::isnan(b) && !std::isnan(a));
}

/// The first of the best of `allowed`, which is not empty.
inline uint32_t best_of(std::span<const double> objective, ConstCandidateSet allowed) {
  uint32_t best = first_of(allowed);
  double most = -std::numeric_limits<double>::infinity();
  numerics::visit_at_least(objective, most, [&](uint32_t i) {
    if (!contains(allowed, i) || !is_better(objective[i], objective[best])) return;
    best = i;
    most = objective[i];
  });
  return best;
}

/// How many positions the page has.
inline uint32_t page_length(const RerankCall& call) {
  return std::min(call.take, call.candidates - call.placed - call.begun);
}

/// How many have been placed already and will be at the end.
inline size_t most_placed(const RerankCall& call) {
  return size_t{call.placed} + call.begun + call.take;
}

/// The window, or none where it is as long as all that can be placed.
inline std::optional<size_t> effective_window(const RerankCall& call) {
  if (!call.window || *call.window >= int64_t{call.placed} + call.begun + page_length(call)) return std::nullopt;
  return static_cast<size_t>(std::max<int64_t>(*call.window, 1));
}

/// What the three functions of `select` see. `choose(allowed, left)`: the best of the candidates in `allowed` (there is
/// one; `left` are those not placed yet). `placed(candidate)` is called after each placement but the last.
/// `objective(candidate)`: what is maximised at this position, for the record.
template <typename Choose, typename AfterPlacing, typename Objective>
RerankResult select(const RerankCall& call, Choose choose, AfterPlacing placed, Objective objective) {
  RerankResult result;
  const uint32_t page = page_length(call);
  result.picks.reserve(page);
  Rules rules(call.rules, call.candidates, call.begun + call.take, call.placed, call.arena);
  const CandidateSet left = all_candidates(call.candidates, call.arena);
  const CandidateSet allowed = no_candidates(call.candidates, call.arena);
  for (uint32_t shown = 0; shown < call.placed + call.begun && page > 0; ++shown) {
    erase(left, shown);
    if (shown < call.placed) {
      rules.place_before(shown);
    } else {
      rules.place(shown);
    }
    placed(shown);
  }
  while (result.picks.size() < page) {
    std::optional<uint32_t> recorded, excluded_by;
    if (call.record != nullptr && contains(left, call.record->candidate)) recorded = call.record->candidate;
    std::ranges::copy(left, allowed.begin());
    if (!rules.narrow(allowed, result.relaxations, recorded, excluded_by)) break;
    const uint32_t pick = choose(ConstCandidateSet(allowed), ConstCandidateSet(left));
    if (recorded) {
      const double own = excluded_by ? std::numeric_limits<double>::quiet_NaN() : objective(*recorded);
      call.record->picks.push_back({pick, objective(pick), own, excluded_by});
    }
    result.picks.push_back(pick);
    erase(left, pick);
    if (result.picks.size() == page) break;
    rules.place(pick);
    placed(pick);
  }
  return result;
}

}  // namespace rec::operators
