// The similarity of one candidate with others, a row at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "operators/operator.h"

namespace rec::operators {

/// The terms made ready for the candidates that were added: vectors copied side by side (for a cosine scaled to length
/// 1), so that a row is one pass over memory. Candidates are named by their places, in the order they were added.
class Similarity {
 public:
  /// `most`: how many candidates will be added.
  Similarity(std::span<const SimilarityTerm> terms, size_t most, column::Arena& arena);

  /// `candidates`: their indices in the terms.
  void add(std::span<const uint32_t> candidates);

  /// out[i] = Σ over terms of weight · sim(place, first + i); a missing value, a zero vector, or one whose length or
  /// its inverse is not finite has similarity 0 with others. Sums in float, fused with their products: over a vector's
  /// elements in their order, then over the terms.
  void row(uint32_t place, size_t first, std::span<float> out);
  /// out[i] = sim(first + i, first + i), summed as a row is; a term whose value is missing, or whose vector is similar
  /// to nothing, counts as 1.
  void diagonal(size_t first, std::span<float> out) const;

 private:
  /// Vectors in tiles of kTile places: element e of the tile's candidates lies side by side. Lanes are then candidates,
  /// and the order of a sum does not depend on the width of the CPU's registers.
  struct Tiled {
    std::span<float> values;  // [tile][element][kTile]
    uint32_t dimension = 0;

    float* lane(size_t place) const;
  };

  size_t copy(const SimilarityTerm& term, const Tiled& tiled, size_t place);
  void add_squares(const Tiled& tiled, float weight, size_t first, std::span<float> out) const;
  void add_products(const Tiled& tiled, uint32_t place, float weight, size_t first, std::span<float> out);
  void add_same(const SimilarityTerm& term, uint32_t place, size_t first, std::span<float> out) const;
  void add_jaccard(size_t term, uint32_t place, size_t first, std::span<float> out) const;

  /// Sets of few distinct values as bits, one word a candidate.
  struct Bits {
    std::vector<uint64_t> sets;  // by place; empty: there are too many values
    std::vector<int64_t> values;
    std::array<uint8_t, 256> numbers{};  // by hash: of a value one more than its bit, or 0

    /// The bit of a value; a new one for a new value.
    size_t number_of(int64_t value);
  };
  void add_bits(const SimilarityTerm& term, uint32_t candidate, Bits& bits);

  std::span<const SimilarityTerm> terms_;
  std::vector<Tiled> tiled_;      // one a term; empty for `same` and `jaccard`
  std::vector<Bits> bits_;        // one a term; used by `jaccard`
  std::vector<uint32_t> places_;  // the candidate at each
  std::span<float> own_;          // the vector whose row is made, its elements side by side
};

}  // namespace rec::operators
