// Reading one value of a stored column, whatever its width.
#include <cassert>
#include <cstring>

#include "runtime/column/column.h"

namespace rec::column {

int64_t ColumnView::integer(uint32_t row) const {
  assert(row < rows);
  if (type.kind == types::Kind::boolean) {
    return reinterpret_cast<const uint8_t*>(values)[row];
  }
  switch (width) {
    case 1:
      return reinterpret_cast<const int8_t*>(values)[row];
    case 2:
      return reinterpret_cast<const int16_t*>(values)[row];
    case 4:
      return reinterpret_cast<const int32_t*>(values)[row];
    default:
      return reinterpret_cast<const int64_t*>(values)[row];
  }
}

ListRef ColumnView::list(uint32_t row) const {
  assert(row < rows && offsets != nullptr);
  return {.data = values + offsets[row] * width, .size = static_cast<uint32_t>(offsets[row + 1] - offsets[row])};
}

}  // namespace rec::column
