// Writes the two files of a table: its own columns, and the statistics that were computed for its rows.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "runtime/store/file_writer.h"
#include "runtime/store/table_data.h"

namespace rec::store {

/// Row numbers of `data` in ascending key order (ints by value, strings by bytes); rows of equal keys in their given
/// order.
std::vector<uint32_t> key_order(const TableData& data);

/// Writes the rows named by `order`, in that order, which must be that of strictly ascending keys.
std::expected<void, WriteError> write_table(const std::string& path, const TableData& data,
                                            std::span<const uint32_t> order);

/// Writes statistics columns, one value a row of the table, in its row order. Ints, floats, times and durations only.
std::expected<void, WriteError> write_statistics(const std::string& path, uint32_t rows,
                                                 std::span<const ColumnData> columns);

}  // namespace rec::store
