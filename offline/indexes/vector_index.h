// Vectors in cells and as product codes, so that a search looks at a part of them, or at less of each. Clusters are
// Faiss's.
#pragma once

#include <cstdint>
#include <vector>

#include "offline/indexes/vectors.h"

namespace rec::indexes {

/// Cells of k-means (Jégou et al. 2011): the set's vectors are put in the order of their cells; cell c has those from
/// offsets[c] to offsets[c + 1].
struct Cells {
  std::vector<float> centroids{};  // one a cell
  std::vector<uint64_t> offsets{0};
};
/// At most as many cells as vectors.
Cells build_cells(VectorSet& set, uint32_t cells, unsigned threads = 1);
/// The cells of `before` with what is in the set now: what has a place there stays in its cell, all else goes to the
/// nearest. `places` are put in the order of the set.
Cells grow_cells(VectorSet& set, Places& places, const Cells& before, unsigned threads = 1);

/// Product quantisation (Jégou et al. 2011) of what is left of each vector after its cell's centroid: of each of
/// `subvectors` parts the number of the nearest of 2^bits words.
struct Codes {
  uint32_t subvectors = 0, words = 0;
  std::vector<float> book{};     // subvectors × words × (dimension / subvectors)
  std::vector<uint16_t> code{};  // count × subvectors
};
/// The dimension is divisible by `subvectors`; fewer words where there are fewer vectors.
Codes build_codes(const VectorSet& set, const Cells& cells, uint32_t subvectors, uint32_t bits, unsigned threads = 1);
/// With the words of `before`: what has a place there keeps its code.
Codes grow_codes(const VectorSet& set, const Places& places, const Cells& cells, const Codes& before,
                 unsigned threads = 1);

}  // namespace rec::indexes
