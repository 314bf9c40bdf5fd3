// Writes the files of indexes.
#pragma once

#include "runtime/store/file_writer.h"
#include "runtime/store/indexes.h"

namespace rec::store {

/// `between_pieces`: as of a FileWriter.
/// Item-to-item lists as in `NeighbourIndex`; offsets has items + 1 entries.
std::expected<void, WriteError> write_neighbours(const std::string& path, std::span<const uint64_t> offsets,
                                                 std::span<const uint32_t> neighbour, std::span<const float> similarity,
                                                 const std::function<void()>& between_pieces = {});
/// User-to-user lists with histories as in `UserIndex`; its names are not written.
std::expected<void, WriteError> write_user_index(const std::string& path, const UserIndex& index,
                                                 const std::function<void()>& between_pieces = {});
/// Vectors as in `VectorIndex` of a table with `item_rows` rows; its names are not written.
std::expected<void, WriteError> write_vector_index(const std::string& path, const VectorIndex& index,
                                                   uint32_t item_rows);

}  // namespace rec::store
