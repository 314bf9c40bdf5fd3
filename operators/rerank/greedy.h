// The greedy reranker as a function: what fills a page up by its rules uses it too.
#pragma once

#include "operators/operator.h"

namespace rec::operators {

/// algorithms.md, "Greedy". O(n log n) and what the rules cost.
RerankResult rerank_greedy(const RerankCall& call);

}  // namespace rec::operators
