// What a `rerank` thought of one item, position by position.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/engine/run.h"

namespace rec::engine {

/// Holds the record that a reranker fills, and tells it.
class RerankStory {
 public:
  /// Asks about the candidate `at`, among those of the reranker; all are base indices of the batch.
  operators::RerankRecord* begin(std::span<const uint32_t> candidates, uint32_t at);
  /// A sentence a position, or one for several that the same rule kept it out of. `objective`: false where the reranker
  /// only follows the present order.
  std::vector<std::string> tell(const Run& run, const graph::RerankStep& step, bool objective) const;

 private:
  operators::RerankRecord record_{};
  std::vector<uint32_t> candidates_{};
};

}  // namespace rec::engine
