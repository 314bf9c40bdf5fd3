// The indexes of a generation, as views into mapped files: what recall sources look things up in.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace rec::store {

/// Lists of neighbours: for each row those nearest to it, by falling similarity (ties: the lower row).
struct NeighbourLists {
  const uint64_t* offsets = nullptr;  // rows + 1
  const uint32_t* neighbour = nullptr;
  const float* similarity = nullptr;

  std::span<const uint32_t> neighbours(uint32_t row) const {
    return {neighbour + offsets[row], offsets[row + size_t{1}] - offsets[row]};
  }
  std::span<const float> similarities(uint32_t row) const {
    return {similarity + offsets[row], offsets[row + size_t{1}] - offsets[row]};
  }
};

/// Item-to-item lists. `algorithm` as in the catalog.
struct NeighbourIndex : NeighbourLists {
  std::string name, algorithm;
  std::string item_table;
  uint32_t items = 0;
};

/// User-to-user lists, and what each user did: item rows with weights, newest first. Users are the rows of the users'
/// table and, behind them, those that have events and no row.
struct UserIndex : NeighbourLists {
  std::string name, algorithm;
  std::string user_table, item_table;
  uint32_t users = 0;
  const uint64_t* history_offsets = nullptr;  // users + 1
  const uint32_t* history_item = nullptr;
  const float* history_weight = nullptr;

  std::span<const uint32_t> items_of(uint32_t user) const {
    return {history_item + history_offsets[user], history_offsets[user + size_t{1}] - history_offsets[user]};
  }
  std::span<const float> weights_of(uint32_t user) const {
    return {history_weight + history_offsets[user], history_offsets[user + size_t{1}] - history_offsets[user]};
  }
};

/// A graph over vectors in layers, of hnsw. docs/operations.md describes the arrays.
struct VectorGraph {
  static constexpr uint32_t kNoLink = UINT32_MAX;
  uint32_t links = 0, entry = 0, layers = 0;  // no layers: there is no graph
  const uint32_t* links0 = nullptr;           // 2 · links a vertex
  const uint64_t* upper_offsets = nullptr;    // vertices + 1
  const uint32_t* upper = nullptr;

  /// What a vertex links to in a layer that it is in; behind the first kNoLink there are no more.
  std::span<const uint32_t> links_of(uint32_t vertex, uint32_t layer) const {
    if (layer == 0) return {links0 + size_t{vertex} * 2 * links, size_t{2} * links};
    return {upper + upper_offsets[vertex] + size_t{layer - 1} * links, links};
  }
};

/// Cells of ivf and pq: vectors lie in the order of their cells.
struct VectorCells {
  uint32_t count = 0;
  const float* centroids = nullptr;   // count × dimension
  const uint64_t* offsets = nullptr;  // count + 1
};

/// Product codes of pq, in place of the vectors: of each part the number of one of its words.
struct VectorCodes {
  uint32_t subvectors = 0, words = 0;
  const float* book = nullptr;     // subvectors × words × dimension / subvectors
  const uint16_t* code = nullptr;  // one a subvector a vector
};

/// Vectors of items, and of users where the algorithm has them (als). Items without a vector, or with a zero one under
/// the cosine, are not in it.
struct VectorIndex {
  std::string name, algorithm;
  std::string user_table, item_table;
  bool cosine = false;  // its vectors have length 1, and so must the query
  uint32_t dimension = 0;
  uint32_t count = 0;
  uint32_t effort = 0;             // of a search: ef_search of hnsw, probe of ivf and pq
  const uint32_t* row = nullptr;   // of each vector; ascending unless there are cells
  const float* vectors = nullptr;  // count × dimension; null with codes
  VectorGraph graph{};
  VectorCells cells{};
  VectorCodes codes{};
  uint32_t users = 0;
  const float* user_vectors = nullptr;  // users × dimension; all 0: this user has none

  const float* vector(uint32_t at) const { return vectors + size_t{at} * dimension; }
  /// Empty where the user has none.
  std::span<const float> user(uint32_t row_of_user) const;
};

}  // namespace rec::store
