// `greedy`: the most relevant candidate that the rules allow, position by position (algorithms.md, "Greedy").
#include <algorithm>
#include <numeric>

#include "operators/list.h"
#include "operators/rerank/greedy.h"
#include "operators/rerank/parameters.h"
#include "operators/rerank/selection.h"

namespace rec::operators {

RerankResult rerank_greedy(const RerankCall& call) {
  // Sorted once; a position then takes the first in this order that may stand there.
  std::vector<uint32_t> best_first(call.candidates);
  std::iota(best_first.begin(), best_first.end(), 0U);
  std::sort(best_first.begin(), best_first.end(), [&](uint32_t a, uint32_t b) {
    if (is_better(call.relevance[a], call.relevance[b])) return true;
    return a < b && !is_better(call.relevance[b], call.relevance[a]);
  });
  size_t first_left = 0;
  return select(
      call,
      [&](ConstCandidateSet allowed, ConstCandidateSet left) {
        while (!contains(left, best_first[first_left])) ++first_left;
        size_t at = first_left;
        while (!contains(allowed, best_first[at])) ++at;
        return best_first[at];
      },
      [](uint32_t) {}, [&](uint32_t i) { return static_cast<double>(call.relevance[i]); });
}

OperatorDef greedy() {
  return {.name = "greedy",
          .doc = "Selects the most relevant candidate that the rules allow, position by position.",
          .example = "rerank greedy(relevance: value) take 30",
          .parameters = {relevance_parameter()},
          .what = RerankDef{.run = rerank_greedy}};
}

}  // namespace rec::operators
