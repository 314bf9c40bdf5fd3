// Rows keep their order, so what was sorted by row stays sorted.
#include "runtime/store/overlay_indexes.h"

#include <algorithm>
#include <functional>

namespace rec::store {
namespace {

/// Lists by new rows; what they list stays as it is but for `rename`.
template <typename T, typename Rename>
std::vector<T> moved(const RowMap& map, const uint64_t* offsets, const T* values, Rename rename) {
  std::vector<T> out;
  for (const uint32_t old : map.old_row) {
    if (old == column::kNoRow) continue;
    for (uint64_t at = offsets[old]; at < offsets[old + size_t{1}]; ++at) out.push_back(rename(values[at]));
  }
  return out;
}

std::vector<uint64_t> moved_offsets(const RowMap& map, const uint64_t* offsets) {
  std::vector<uint64_t> out{0};
  for (const uint32_t old : map.old_row)
    out.push_back(out.back() + (old == column::kNoRow ? 0 : offsets[old + size_t{1}] - offsets[old]));
  return out;
}

void move_lists(Overlay& overlay, const RowMap& map, NeighbourLists& lists) {
  const auto neighbour = moved(map, lists.offsets, lists.neighbour, [&](uint32_t row) { return map.new_row[row]; });
  const auto similarity = moved(map, lists.offsets, lists.similarity, std::identity());
  lists.offsets = keep(overlay, moved_offsets(map, lists.offsets));
  lists.neighbour = keep(overlay, neighbour);
  lists.similarity = keep(overlay, similarity);
}

}  // namespace

void remap_items(Overlay& overlay, const RowMap& map, NeighbourIndex& index) {
  move_lists(overlay, map, index);
  index.items = static_cast<uint32_t>(map.old_row.size());
}

void remap_items(Overlay& overlay, const RowMap& map, UserIndex& index) {
  std::vector<uint32_t> items;
  for (uint64_t at = 0; at < index.history_offsets[index.users]; ++at)
    items.push_back(map.new_row[index.history_item[at]]);
  index.history_item = keep(overlay, items);
}

void remap_items(Overlay& overlay, const RowMap& map, VectorIndex& index) {
  std::vector<uint32_t> rows;
  for (uint32_t at = 0; at < index.count; ++at) rows.push_back(map.new_row[index.row[at]]);
  index.row = keep(overlay, rows);
}

void remap_users(Overlay& overlay, const RowMap& map, UserIndex& index) {
  // Users without a row stand behind the table's.
  RowMap all = map;
  const auto known = static_cast<uint32_t>(map.new_row.size()), now = static_cast<uint32_t>(map.old_row.size());
  for (uint32_t user = known; user < index.users; ++user) {
    all.old_row.push_back(user);
    all.new_row.push_back(now + user - known);
  }
  const auto item = moved(all, index.history_offsets, index.history_item, std::identity());
  const auto weight = moved(all, index.history_offsets, index.history_weight, std::identity());
  move_lists(overlay, all, index);
  index.history_offsets = keep(overlay, moved_offsets(all, index.history_offsets));
  index.history_item = keep(overlay, item);
  index.history_weight = keep(overlay, weight);
  index.users = static_cast<uint32_t>(all.old_row.size());
}

void remap_users(Overlay& overlay, const RowMap& map, VectorIndex& index) {
  if (index.users == 0) return;
  std::vector<float> vectors(map.old_row.size() * index.dimension);
  for (size_t row = 0; row < map.old_row.size(); ++row) {
    if (map.old_row[row] >= index.users) continue;
    const float* from = index.user_vectors + size_t{map.old_row[row]} * index.dimension;
    std::copy_n(from, index.dimension, vectors.begin() + static_cast<std::ptrdiff_t>(row * index.dimension));
  }
  index.user_vectors = keep(overlay, vectors);
  index.users = static_cast<uint32_t>(map.old_row.size());
}

}  // namespace rec::store
