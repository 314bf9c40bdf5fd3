// Small world graphs over vectors, which a search walks towards what is nearest (Malkov and Yashunin 2018).
#pragma once

#include <cstdint>
#include <vector>

#include "offline/indexes/vectors.h"
#include "offline/indexes/work.h"
#include "runtime/store/indexes.h"

namespace rec::indexes {

/// A navigable small world graph in layers. Vertex v links to links0[2·links·v …] in the lowest layer (kNoLink where
/// there are fewer), and in layer l ≥ 1, where it is in it, to upper[upper_offsets[v] + (l − 1)·links …].
struct Graph {
  static constexpr uint32_t kNoLink = UINT32_MAX;
  uint32_t links = 0, entry = 0, layers = 0;
  std::vector<uint32_t> links0{};
  std::vector<uint64_t> upper_offsets{};  // count + 1
  std::vector<uint32_t> upper{};

  /// As indexes are read. Must not outlive this.
  store::VectorGraph view() const {
    return {.links = links,
            .entry = entry,
            .layers = layers,
            .links0 = links0.data(),
            .upper_offsets = upper_offsets.data(),
            .upper = upper.data()};
  }
};
struct GraphOptions {
  uint32_t links = 32, ef_construction = 200;
};
/// Nearest by inner product. The same graph on any number of threads.
Graph build_graph(const VectorSet& set, const GraphOptions& options, const Work& work = {});
/// `before`, without what is gone or has another place, joined by what is new. What was linked to a vertex that is gone
/// chooses among the neighbours that are left and those of that vertex.
Graph grow_graph(const VectorSet& set, const Places& places, const Graph& before, const GraphOptions& options,
                 const Work& work = {});

}  // namespace rec::indexes
