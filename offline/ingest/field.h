// One field of a raw file into one value of a column, by the catalog's type and format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/catalog/catalog.h"
#include "runtime/store/table_data.h"

namespace rec::ingest {

/// A time as a raw file writes it, in microseconds; nullopt: it is none, or out of range.
std::optional<int64_t> parse_time_field(std::string_view text, catalog::TimeFormat format);

/// Appends the field's value. nullopt: done; else why it cannot be ("`year` is no int"), and nothing was appended. An
/// empty field is missing where the type ends in `?`, else the empty string or list, else a reason.
std::optional<std::string> append_field(std::string_view text, const catalog::Column& column, store::StringPool& pool,
                                        store::ColumnData& data);

/// Appends a missing value.
void append_missing(store::StringPool& pool, store::ColumnData& data);
/// Appends a vector of `data.type.size` floats; all NaN is missing where the type ends in `?`.
std::optional<std::string> append_vector(const float* values, const catalog::Column& column, store::StringPool& pool,
                                         store::ColumnData& data);

/// A column without rows yet.
store::ColumnData empty_column(const types::Type& type);
/// Forgets all rows from `rows` on.
void truncate(store::ColumnData& data, size_t rows);

}  // namespace rec::ingest
