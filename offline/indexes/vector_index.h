// Structures over vectors that find the nearest ones without comparing with all: graphs, cells, product codes. Built by
// Faiss, searched by `nearest`.
#pragma once

#include <cstdint>
#include <vector>

#include "offline/indexes/vectors.h"

namespace rec::indexes {

/// A navigable small world graph in layers (Malkov and Yashunin 2018). Vertex v links to links0[2·links·v …] in the
/// lowest layer (kNoLink where there are fewer), and in layer l ≥ 1, where it is in it, to
/// upper[upper_offsets[v] + (l − 1)·links …].
struct Graph {
  static constexpr uint32_t kNoLink = UINT32_MAX;
  uint32_t links = 0, entry = 0, layers = 0;
  std::vector<uint32_t> links0{};
  std::vector<uint64_t> upper_offsets{};  // count + 1
  std::vector<uint32_t> upper{};
};
struct GraphOptions {
  uint32_t links = 32, ef_construction = 200;
};
/// Nearest by inner product. On one thread the same graph each time.
Graph build_graph(const VectorSet& set, const GraphOptions& options, unsigned threads = 1);

/// Cells of k-means (Jégou et al. 2011): the set's vectors are put in the order of their cells; cell c has those from
/// offsets[c] to offsets[c + 1].
struct Cells {
  std::vector<float> centroids{};  // one a cell
  std::vector<uint64_t> offsets{0};
};
/// At most as many cells as vectors.
Cells build_cells(VectorSet& set, uint32_t cells, unsigned threads = 1);

/// Product quantisation (Jégou et al. 2011) of what is left of each vector after its cell's centroid: of each of
/// `subvectors` parts the number of the nearest of 2^bits words.
struct Codes {
  uint32_t subvectors = 0, words = 0;
  std::vector<float> book{};     // subvectors × words × (dimension / subvectors)
  std::vector<uint16_t> code{};  // count × subvectors
};
/// The dimension is divisible by `subvectors`; fewer words where there are fewer vectors.
Codes build_codes(const VectorSet& set, const Cells& cells, uint32_t subvectors, uint32_t bits, unsigned threads = 1);

}  // namespace rec::indexes
