// Searching an index of vectors: the nearest first, as many at a time as a channel still needs.
#pragma once

#include <memory>
#include <vector>

#include "operators/recall/neighbours.h"
#include "runtime/store/indexes.h"

namespace rec::operators {

class VectorSearch {
 public:
  virtual ~VectorSearch() = default;
  /// About `wanted` further vectors, none twice, in no particular order; none when all have been handed over. What is
  /// handed over is nearer than what follows, as far as the index can tell.
  virtual std::vector<ScoredRow> more(size_t wanted) = 0;
};

/// `query` has the index's dimension and outlives the search. `effort`: ef of a graph, cells of ivf and pq; 0: as the
/// index was declared.
std::unique_ptr<VectorSearch> search_vectors(const store::VectorIndex& index, const float* query, size_t effort);

}  // namespace rec::operators
