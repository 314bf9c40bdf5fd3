// Values of a stored column for given rows, widened to their physical type.
#pragma once

#include <cstdint>

#include "runtime/column/column.h"
#include "runtime/interpreter/scope.h"

namespace rec::interpreter {

/// A stored column as expressions read it.
struct StoredColumn {
  const store::Table* table = nullptr;
  const column::ColumnView* view = nullptr;
  bool translated = false;  // strings of another dictionary than the request's
};
StoredColumn stored_column(const Scope& scope, const store::Table& table, size_t column);

/// The stored bytes are the physical values: consecutive rows can be read in place.
bool in_place(const StoredColumn& column);

/// Ints, times or durations stored in fewer bytes than they are computed in.
bool is_narrow(const StoredColumn& column);
/// The values of n rows from `first` on of such a column.
void widen_range(const column::ColumnView& column, uint32_t first, size_t n, void* out, uint8_t* out_present);

/// n values; rows may be kNoRow (zero, missing). `out_present` null: not wanted.
void read_rows(Scope& scope, const StoredColumn& column, const uint32_t* rows, size_t n, void* out,
               uint8_t* out_present);

}  // namespace rec::interpreter
