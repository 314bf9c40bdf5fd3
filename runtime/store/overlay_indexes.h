// Indexes of a generation after rows of a table were laid over it.
#pragma once

#include <cstring>
#include <vector>

#include "runtime/store/indexes.h"
#include "runtime/store/overlay.h"

namespace rec::store {

/// Puts values into the overlay's memory, aligned like a section of a file.
template <typename T>
const T* keep(Overlay& overlay, const std::vector<T>& values) {
  auto& memory = overlay.memory.emplace_back(values.size() * sizeof(T) + 64);
  auto* const begin = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
  if (!values.empty()) std::memcpy(begin, values.data(), values.size() * sizeof(T));
  return reinterpret_cast<const T*>(begin);
}

/// Where the rows of a table went.
struct RowMap {
  std::vector<uint32_t> old_row;  // of each new one; kNoRow: it was not there before
  std::vector<uint32_t> new_row;  // of each old one
};

/// Makes views of the old table's rows views of the new one's; rows that are new are in no index.
void remap_items(Overlay& overlay, const RowMap& map, NeighbourIndex& index);
void remap_items(Overlay& overlay, const RowMap& map, UserIndex& index);
void remap_items(Overlay& overlay, const RowMap& map, VectorIndex& index);
void remap_users(Overlay& overlay, const RowMap& map, UserIndex& index);
void remap_users(Overlay& overlay, const RowMap& map, VectorIndex& index);

}  // namespace rec::store
