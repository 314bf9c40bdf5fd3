// The similarity of one candidate with all others, a row at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "operators/operator.h"

namespace rec::operators {

/// The terms made ready: vectors copied side by side (for a cosine scaled to length 1), so that a row is one pass over
/// memory.
class Similarity {
 public:
  Similarity(std::span<const SimilarityTerm> terms, uint32_t candidates, column::Arena& arena);

  /// out[i] = Σ over terms of weight · sim(candidate, i), i over all candidates; a missing value, a zero vector, or one
  /// whose length is not finite has similarity 0 with others. Sums in float, fused with their products: over a
  /// vector's elements in their order, then over the terms.
  void row(uint32_t candidate, std::span<float> out);
  /// out[i] = sim(i, i), summed as a row is; a term whose value is missing, or whose vector is similar to nothing,
  /// counts as 1.
  void diagonal(std::span<float> out) const;

 private:
  /// Vectors in tiles of kTile candidates: element e of the tile's candidates lies side by side. Lanes are then
  /// candidates, and the order of a sum does not depend on the width of the CPU's registers.
  struct Tiled {
    std::span<float> values;  // [tile][element][kTile]
    uint32_t dimension = 0;
  };

  static void fill_tile(const SimilarityTerm& term, uint32_t first, uint32_t candidates, const Tiled& tiled);
  void add_squares(const Tiled& tiled, float weight, std::span<float> out) const;
  void add_products(const Tiled& tiled, uint32_t candidate, float weight, std::span<float> out);

  std::span<const SimilarityTerm> terms_;
  std::vector<Tiled> tiled_;  // one a term; empty for `same` and `jaccard`
  std::span<float> own_;      // the vector whose row is made, its elements side by side
};

}  // namespace rec::operators
