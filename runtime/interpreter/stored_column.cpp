// Values of a stored column for given rows, widened to their physical type.
#include "runtime/interpreter/stored_column.h"

#include <cstring>

namespace rec::interpreter {

namespace {

using column::kNoRow;
using types::Kind;

template <typename Stored, typename Out>
void widen(const std::byte* values, const uint32_t* rows, size_t n, void* out) {
  const auto* from = reinterpret_cast<const Stored*>(values);
  Out* to = static_cast<Out*>(out);
  for (size_t i = 0; i < n; ++i) to[i] = rows[i] == kNoRow ? Out{} : static_cast<Out>(from[rows[i]]);
}

template <typename Stored>
void widen_all(const std::byte* values, uint32_t first, size_t n, void* out) {
  const Stored* __restrict from = reinterpret_cast<const Stored*>(values) + first;
  auto* __restrict to = static_cast<int64_t*>(out);
  for (size_t i = 0; i < n; ++i) to[i] = from[i];
}

void read_integers(const column::ColumnView& view, const uint32_t* rows, size_t n, void* out) {
  switch (view.width) {
    case 1:
      return widen<int8_t, int64_t>(view.values, rows, n, out);
    case 2:
      return widen<int16_t, int64_t>(view.values, rows, n, out);
    case 4:
      return widen<int32_t, int64_t>(view.values, rows, n, out);
    default:
      return widen<int64_t, int64_t>(view.values, rows, n, out);
  }
}

void read_strings(Scope& scope, const StoredColumn& column, const uint32_t* rows, size_t n, void* out) {
  widen<int32_t, int32_t>(column.view->values, rows, n, out);
  if (!column.translated) return;
  auto* codes = static_cast<int32_t*>(out);
  for (size_t i = 0; i < n; ++i) {
    const bool there = rows[i] != kNoRow && column.view->has(rows[i]);
    codes[i] = there ? scope.translate(*column.table, codes[i]) : 0;
  }
}

void read_lists(Scope& scope, const StoredColumn& column, const uint32_t* rows, size_t n, void* out) {
  auto* lists = static_cast<column::ListRef*>(out);
  const bool translated = column.translated && column.view->type.element == Kind::string;
  for (size_t i = 0; i < n; ++i) {
    lists[i] = rows[i] == kNoRow ? column::ListRef{} : column.view->list(rows[i]);
    if (translated) lists[i] = scope.translate(*column.table, lists[i]);
  }
}

}  // namespace

StoredColumn stored_column(const Scope& scope, const store::Table& table, size_t column) {
  return {.table = &table, .view = &table.columns()[column], .translated = !scope.same_codes(table)};
}

bool in_place(const StoredColumn& column) {
  switch (column.view->type.kind) {
    case Kind::boolean:
    case Kind::floating:
      return true;
    case Kind::string:
      return !column.translated;
    case Kind::integer:
    case Kind::time:
    case Kind::duration:
      return column.view->width == sizeof(int64_t);
    default:
      return false;
  }
}

bool is_narrow(const StoredColumn& column) {
  const Kind kind = column.view->type.kind;
  const bool integers = kind == Kind::integer || kind == Kind::time || kind == Kind::duration;
  return integers && column.view->width < sizeof(int64_t);
}

void widen_range(const column::ColumnView& column, uint32_t first, size_t n, void* out, uint8_t* out_present) {
  switch (column.width) {
    case 1:
      widen_all<int8_t>(column.values, first, n, out);
      break;
    case 2:
      widen_all<int16_t>(column.values, first, n, out);
      break;
    default:
      widen_all<int32_t>(column.values, first, n, out);
  }
  if (out_present == nullptr) return;
  if (column.present == nullptr) {
    std::memset(out_present, 1, n);
  } else {
    std::memcpy(out_present, column.present + first, n);
  }
}

void read_rows(Scope& scope, const StoredColumn& column, const uint32_t* rows, size_t n, void* out,
               uint8_t* out_present) {
  const column::ColumnView& view = *column.view;
  switch (view.type.kind) {
    case Kind::boolean:
      widen<uint8_t, uint8_t>(view.values, rows, n, out);
      break;
    case Kind::floating:
      widen<float, float>(view.values, rows, n, out);
      break;
    case Kind::string:
      read_strings(scope, column, rows, n, out);
      break;
    case Kind::list:
      read_lists(scope, column, rows, n, out);
      break;
    case Kind::vector:
      for (size_t i = 0; i < n; ++i)
        static_cast<const float**>(out)[i] = rows[i] == kNoRow ? nullptr : view.vector(rows[i]);
      break;
    default:
      read_integers(view, rows, n, out);
      break;
  }
  if (out_present == nullptr) return;
  for (size_t i = 0; i < n; ++i) out_present[i] = rows[i] != kNoRow && view.has(rows[i]) ? 1 : 0;
}

}  // namespace rec::interpreter
