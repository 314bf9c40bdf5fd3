// Writes the look-ups of a table's columns.
#pragma once

#include "runtime/store/file_writer.h"
#include "runtime/store/generation.h"

namespace rec::store {

/// One index for each column that is `indexed`, one order for each that is `sorted`, unless its values may be missing.
std::expected<void, WriteError> write_lookups(const std::string& path, const Table& table,
                                              const catalog::Table& description);

}  // namespace rec::store
