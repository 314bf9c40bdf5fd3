// Binary search among values, and what equal means for an order.
#include "runtime/store/lookups.h"

#include <algorithm>
#include <cmath>

namespace rec::store {

std::span<const uint32_t> ValueIndex::find(int64_t value) const {
  const auto at = std::ranges::lower_bound(values, value);
  if (at == values.end() || *at != value) return {};
  const auto place = static_cast<size_t>(at - values.begin());
  return {rows + offsets[place], offsets[place + 1] - offsets[place]};
}

size_t ValueOrder::nans() const {
  if (column->type.kind != types::Kind::floating) return 0;
  const auto first =
      std::ranges::partition_point(rows, [&](uint32_t row) { return !std::isnan(column->floating(row)); });
  return static_cast<size_t>(rows.end() - first);
}

namespace {

template <typename Stored>
bool equal(const column::ColumnView& column, uint32_t a, uint32_t b) {
  const auto* values = reinterpret_cast<const Stored*>(column.values);
  return values[a] == values[b];
}

}  // namespace

bool ValueOrder::same(uint32_t a, uint32_t b) const {
  if (column->type.kind == types::Kind::floating) return column->floating(a) == column->floating(b);
  switch (column->width) {
    case 1:
      return equal<uint8_t>(*column, a, b);
    case 2:
      return equal<uint16_t>(*column, a, b);
    case 4:
      return equal<uint32_t>(*column, a, b);
    default:
      return equal<uint64_t>(*column, a, b);
  }
}

}  // namespace rec::store
