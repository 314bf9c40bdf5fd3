// Columns of a mapped table by name, read as what they are.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/store/generation.h"

namespace rec::handwritten {

inline size_t column_number(const store::Generation& generation, std::string_view table, std::string_view name) {
  for (const auto& described : generation.catalog().tables) {
    for (size_t c = 0; described.name == table && c < described.columns.size(); ++c) {
      if (described.columns[c].name == name) return c;
    }
  }
  std::abort();
}
inline const column::ColumnView& column_of(const store::Generation& generation, std::string_view table,
                                           std::string_view name) {
  return generation.table(table)->columns()[column_number(generation, table, name)];
}
inline size_t sequence_number(const store::Generation& generation, std::string_view name) {
  const auto& sequences = generation.catalog().sequences;
  for (size_t s = 0; s < sequences.size(); ++s) {
    if (sequences[s].name == name) return s;
  }
  std::abort();
}

/// Ints, stored as narrow as they fit.
class Ints {
 public:
  explicit Ints(const column::ColumnView& column) : values_(column.values), width_(column.width) {}
  int64_t operator[](uint32_t row) const {
    switch (width_) {
      case 1:
        return reinterpret_cast<const int8_t*>(values_)[row];
      case 2:
        return reinterpret_cast<const int16_t*>(values_)[row];
      case 4:
        return reinterpret_cast<const int32_t*>(values_)[row];
      default:
        return reinterpret_cast<const int64_t*>(values_)[row];
    }
  }

 private:
  const std::byte* values_;
  uint32_t width_;
};

template <typename T>
const T* values_of(const column::ColumnView& column) {
  return reinterpret_cast<const T*>(column.values);
}

}  // namespace rec::handwritten
