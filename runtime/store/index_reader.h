// Indexes as views into mapped files: shapes are checked at open, values by check_generation.
#pragma once

#include <optional>

#include "runtime/store/indexes.h"
#include "runtime/store/mapped_file.h"

namespace rec::store {

/// Which file an algorithm's index is.
FileKind index_kind(std::string_view algorithm);

/// Fill in all but the names.
std::optional<FileProblem> read_index(const MappedFile& file, NeighbourIndex& index);
std::optional<FileProblem> read_index(const MappedFile& file, UserIndex& index);
std::optional<FileProblem> read_index(const MappedFile& file, VectorIndex& index);

/// What a reader relies on beyond shapes. nullopt: all well; else what is wrong.
std::optional<std::string> check_index(const MappedFile& file, const NeighbourIndex& index, uint32_t item_rows);
std::optional<std::string> check_index(const MappedFile& file, const UserIndex& index, uint32_t item_rows);
std::optional<std::string> check_index(const MappedFile& file, const VectorIndex& index, uint32_t item_rows);

}  // namespace rec::store
