// Postings and permutations, column by column.
#include "runtime/store/lookup_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rec::store {
namespace {

using types::Kind;

/// (value, row) of every row, or of every element of its list.
std::vector<std::pair<int64_t, uint32_t>> postings(const column::ColumnView& column) {
  std::vector<std::pair<int64_t, uint32_t>> out;
  for (uint32_t row = 0; row < column.rows; ++row) {
    if (column.type.kind != Kind::list) {
      out.emplace_back(column.integer(row), row);
      continue;
    }
    const auto list = column.list(row);
    for (uint32_t i = 0; i < list.size; ++i) {
      const int64_t value = column.type.element == Kind::integer  ? list.as<int64_t>()[i]
                            : column.type.element == Kind::string ? int64_t{list.as<int32_t>()[i]}
                                                                  : int64_t{list.as<uint8_t>()[i]};
      out.emplace_back(value, row);
    }
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

void add_index(FileWriter& file, size_t index, const column::ColumnView& column) {
  std::vector<int64_t> values;
  std::vector<uint64_t> offsets{0};
  std::vector<uint32_t> rows;
  for (const auto& [value, row] : postings(column)) {
    if (values.empty() || values.back() != value) {
      values.push_back(value);
      offsets.push_back(offsets.back());
    }
    rows.push_back(row);
    ++offsets.back();
  }
  file.add<int64_t>(fmt::format("{}.values", index), column.type, values);
  file.add<uint64_t>(fmt::format("{}.offsets", index), column.type, offsets);
  file.add<uint32_t>(fmt::format("{}.rows", index), column.type, rows);
}

void add_order(FileWriter& file, size_t index, const column::ColumnView& column) {
  std::vector<uint32_t> order(column.rows);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) {
    if (column.type.kind != Kind::floating) return column.integer(a) < column.integer(b);
    const float x = column.floating(a), y = column.floating(b);
    return std::isnan(x) || std::isnan(y) ? !std::isnan(x) && std::isnan(y) : x < y;
  });
  file.add<uint32_t>(fmt::format("{}.order", index), column.type, order);
}

}  // namespace

std::expected<void, WriteError> write_lookups(const std::string& path, const Table& table,
                                              const catalog::Table& description) {
  constexpr uint32_t kMostSections = 4;  // a column
  auto file = FileWriter::create(path, FileKind::lookups, table.rows(),
                                 static_cast<uint32_t>(description.columns.size()) * kMostSections);
  if (!file) return std::unexpected(file.error());
  for (size_t i = 0; i < description.columns.size(); ++i) {
    const catalog::Column& column = description.columns[i];
    if (column.type.optional) continue;
    if (column.indexed) add_index(*file, i, table.columns()[i]);
    if (column.sorted) add_order(*file, i, table.columns()[i]);
  }
  return file->finish();
}

}  // namespace rec::store
