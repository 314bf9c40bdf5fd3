// The loop of every reranker: narrow by the rules, choose, place, until the page is full.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "operators/operator.h"
#include "operators/rules/rules.h"

namespace rec::operators {

/// Larger is better, NaN loses to everything; equal: neither.
inline bool is_better(double a, double b) {
  return a > b || (std::isnan(b) && !std::isnan(a));
}

/// Fills the page. `choose(allowed, left)`: the best of the candidates whose `allowed` byte is set (there is one;
/// `left` marks those not placed yet); `placed(candidate)` is called after each placement but the last.
template <typename Choose, typename AfterPlacing>
RerankResult select(const RerankCall& call, Choose choose, AfterPlacing placed) {
  RerankResult result;
  const uint32_t page = std::min(call.take, call.candidates);
  result.picks.reserve(page);
  Rules rules(call.rules, call.candidates, call.take);
  std::vector<uint8_t> left(call.candidates, 1), allowed(call.candidates);
  while (result.picks.size() < page) {
    allowed = left;
    if (!rules.narrow(allowed, result.relaxations)) break;
    const uint32_t pick = choose(std::span<const uint8_t>(allowed), std::span<const uint8_t>(left));
    result.picks.push_back(pick);
    left[pick] = 0;
    if (result.picks.size() == page) break;
    rules.place(pick);
    placed(pick);
  }
  return result;
}

}  // namespace rec::operators
