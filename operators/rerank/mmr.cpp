// `mmr`: maximal marginal relevance (Carbonell and Goldstein 1998; algorithms.md, "MMR"): relevance against likeness to
// what is selected already.
#include <algorithm>
#include <numeric>
#include <vector>

#include "operators/list.h"
#include "operators/rerank/parameters.h"
#include "operators/rerank/selection.h"
#include "operators/rerank/similarity.h"
#include "operators/rerank/window_maximum.h"

namespace rec::operators {
namespace {

RerankResult run(const RerankCall& call) {
  Similarity similarity(call.similarity, call.candidates, call.arena);
  std::vector<uint32_t> all(call.candidates);
  std::iota(all.begin(), all.end(), 0U);
  similarity.add(all);
  WindowMaximum likeness(call.candidates, effective_window(call), call.arena);
  // θ · relevance − (1 − θ) · likeness, in double; at θ = 1 likeness must not matter even where it is not finite.
  const double theta = static_cast<double>(call.theta);
  const double diversity = 1 - theta;
  const auto gains = call.arena.allocate<double>(call.candidates);
  for (uint32_t i = 0; i < call.candidates; ++i) gains[i] = theta * static_cast<double>(call.relevance[i]);
  const auto objective = call.arena.allocate<double>(call.candidates);
  std::ranges::copy(gains, objective.begin());

  return select(
      call, [&](ConstCandidateSet allowed, ConstCandidateSet) { return best_of(objective, allowed); },
      [&](uint32_t pick) {
        if (diversity == 0) return;
        similarity.row(pick, 0, likeness.next_row());
        likeness.push();
        const auto maxima = likeness.maxima();
        for (size_t i = 0; i < objective.size(); ++i)
          objective[i] = gains[i] - diversity * static_cast<double>(maxima[i]);
      },
      [&](uint32_t i) { return objective[i]; });
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
