// What a table's indexed and sorted columns are found by: rows by value, and rows in order of their values.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/column/column.h"

namespace rec::store {

/// The rows that have a value: an int, a bool as 0 or 1, a string's code; of lists, as an element.
struct ValueIndex {
  std::span<const int64_t> values{};  // ascending
  const uint64_t* offsets = nullptr;  // one more than values
  const uint32_t* rows = nullptr;     // of each value ascending

  std::span<const uint32_t> find(int64_t value) const;
};

/// All rows by rising value, equal ones by rising row, NaN last.
struct ValueOrder {
  std::span<const uint32_t> rows{};
  const column::ColumnView* column = nullptr;

  /// Calls visit(rows) for runs of rows in the order that sorting the whole table by the column would give, until it
  /// returns false. NaN comes last in both directions.
  template <typename Visit>
  void walk(bool ascending, Visit visit) const {
    if (ascending) {
      visit(rows);
      return;
    }
    const size_t count = numbers().size();
    for (size_t end = count; end > 0;) {
      size_t begin = end - 1;
      while (begin > 0 && same(rows[begin - 1], rows[begin])) --begin;
      if (!visit(rows.subspan(begin, end - begin))) return;
      end = begin;
    }
    if (count < rows.size()) visit(rows.subspan(count));
  }
  /// Without those whose value is NaN.
  std::span<const uint32_t> numbers() const { return rows.first(rows.size() - nans()); }

 private:
  size_t nans() const;
  bool same(uint32_t a, uint32_t b) const;
};

}  // namespace rec::store
