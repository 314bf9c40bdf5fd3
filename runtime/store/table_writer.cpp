// Turning a table in memory into its file: rows in key order, strings as ranks, ints as narrow as they go.
#include "runtime/store/table_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include "runtime/store/key_hash.h"

namespace rec::store {
namespace {

using types::Kind;
constexpr uint32_t kSectionsPerColumn = 3;
constexpr uint32_t kSectionsPerTable = 3;

/// The pool's strings sorted by bytes, and the rank of each number.
struct Ranks {
  std::vector<uint32_t> sorted;
  std::vector<int32_t> rank;
};

Ranks rank_strings(const StringPool& pool) {
  Ranks ranks{.sorted = std::vector<uint32_t>(pool.size()), .rank = std::vector<int32_t>(pool.size())};
  std::iota(ranks.sorted.begin(), ranks.sorted.end(), 0U);
  std::ranges::sort(ranks.sorted, [&](uint32_t a, uint32_t b) { return pool.text(a) < pool.text(b); });
  for (size_t i = 0; i < ranks.sorted.size(); ++i) {
    ranks.rank[ranks.sorted[i]] = static_cast<int32_t>(i);
  }
  return ranks;
}

void write_strings(FileWriter& file, const StringPool& pool, const Ranks& ranks) {
  std::vector<uint64_t> offsets{0};
  std::string bytes;
  for (const uint32_t number : ranks.sorted) {
    bytes += pool.text(number);
    offsets.push_back(bytes.size());
  }
  file.add<uint64_t>("strings.offsets", types::string(), offsets);
  file.add<char>("strings.bytes", types::string(), bytes);
}

template <typename T>
void write_as(FileWriter& file, const std::string& name, const types::Type& type, std::span<const int64_t> values) {
  std::vector<T> narrow(values.size());
  std::ranges::transform(values, narrow.begin(), [](int64_t value) { return static_cast<T>(value); });
  file.add<T>(name, type, narrow);
}

void write_integers(FileWriter& file, const std::string& name, const types::Type& type,
                    std::span<const int64_t> values) {
  int64_t low = 0;
  int64_t high = 0;
  for (const int64_t value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const auto fits = [&]<typename T>(T) {
    return low >= std::numeric_limits<T>::min() && high <= std::numeric_limits<T>::max();
  };
  if (fits(int8_t{})) {
    write_as<int8_t>(file, name, type, values);
  } else if (fits(int16_t{})) {
    write_as<int16_t>(file, name, type, values);
  } else if (fits(int32_t{})) {
    write_as<int32_t>(file, name, type, values);
  } else {
    file.add<int64_t>(name, type, values);
  }
}

/// The elements of the rows in `order`: `size` a row, or those between the row's offsets.
template <typename T>
std::vector<T> gather(const std::vector<T>& from, const ColumnData& column, std::span<const uint32_t> order,
                      size_t size) {
  std::vector<T> to;
  const bool list = column.type.kind == Kind::list;
  for (const uint32_t row : order) {
    const auto begin = static_cast<ptrdiff_t>(list ? column.offsets[row] : row * size);
    const auto end = static_cast<ptrdiff_t>(list ? column.offsets[row + 1] : (row + 1) * size);
    to.insert(to.end(), from.begin() + begin, from.begin() + end);
  }
  return to;
}

void write_offsets(FileWriter& file, const std::string& name, const ColumnData& column,
                   std::span<const uint32_t> order) {
  std::vector<uint64_t> offsets{0};
  for (const uint32_t row : order) {
    offsets.push_back(offsets.back() + column.offsets[row + 1] - column.offsets[row]);
  }
  file.add<uint64_t>(name, column.type, offsets);
}

void write_codes(FileWriter& file, const std::string& name, const types::Type& type, std::span<const uint32_t> numbers,
                 const Ranks& ranks) {
  std::vector<int32_t> codes(numbers.size());
  std::ranges::transform(numbers, codes.begin(), [&](uint32_t number) { return ranks.rank[number]; });
  file.add<int32_t>(name, type, codes);
}

void write_column(FileWriter& file, size_t index, const ColumnData& column, std::span<const uint32_t> order,
                  const Ranks& ranks) {
  const types::Type& type = column.type;
  const std::string values = fmt::format("{}.values", index);
  switch (type.kind == Kind::list ? type.element : type.kind) {
    case Kind::string:
      write_codes(file, values, type, gather(column.strings, column, order, 1), ranks);
      break;
    case Kind::floating:
      file.add<float>(values, type, gather(column.floats, column, order, 1));
      break;
    case Kind::vector: {
      const std::vector<float> floats = gather(column.floats, column, order, type.size);
      file.add(values, type, type.size * 4, std::as_bytes(std::span(floats)));
      break;
    }
    case Kind::boolean:
      write_as<uint8_t>(file, values, type, gather(column.integers, column, order, 1));
      break;
    default: {
      const std::vector<int64_t> integers = gather(column.integers, column, order, 1);
      if (type.kind == Kind::list) {
        file.add<int64_t>(values, type, integers);
      } else {
        write_integers(file, values, type, integers);
      }
    }
  }
  if (type.kind == Kind::list) {
    write_offsets(file, fmt::format("{}.offsets", index), column, order);
  }
  if (type.optional) {
    std::vector<uint8_t> present;
    std::ranges::transform(order, std::back_inserter(present), [&](uint32_t row) { return column.present[row]; });
    file.add<uint8_t>(fmt::format("{}.present", index), type, present);
  }
}

void write_slots(FileWriter& file, const TableData& data, std::span<const uint32_t> order) {
  const ColumnData& keys = data.columns[0];
  std::vector<uint32_t> slots(slot_count(order.size()), 0);
  const uint64_t mask = slots.size() - 1;
  for (size_t row = 0; row < order.size(); ++row) {
    const uint32_t from = order[row];
    uint64_t slot = keys.type.kind == Kind::string ? key_hash(std::string_view(data.pool.text(keys.strings[from])))
                                                   : key_hash(keys.integers[from]);
    for (slot &= mask; slots[slot] != 0; slot = (slot + 1) & mask) {
    }
    slots[slot] = static_cast<uint32_t>(row) + 1;
  }
  file.add<uint32_t>("slots", keys.type, slots);
}

}  // namespace

std::vector<uint32_t> key_order(const TableData& data) {
  std::vector<uint32_t> order(data.rows);
  std::iota(order.begin(), order.end(), 0U);
  const ColumnData& keys = data.columns[0];
  if (keys.type.kind == Kind::string) {
    const std::vector<int32_t> rank = rank_strings(data.pool).rank;
    std::ranges::stable_sort(order, {}, [&](uint32_t row) { return rank[keys.strings[row]]; });
  } else {
    std::ranges::stable_sort(order, {}, [&](uint32_t row) { return keys.integers[row]; });
  }
  return order;
}

std::expected<void, WriteError> write_table(const std::string& path, const TableData& data,
                                            std::span<const uint32_t> order) {
  const auto most = static_cast<uint32_t>(data.columns.size() * kSectionsPerColumn + kSectionsPerTable);
  auto file = FileWriter::create(path, FileKind::table, order.size(), most);
  if (!file) {
    return std::unexpected(file.error());
  }
  const Ranks ranks = rank_strings(data.pool);
  write_strings(*file, data.pool, ranks);
  write_slots(*file, data, order);
  for (size_t i = 0; i < data.columns.size(); ++i) {
    write_column(*file, i, data.columns[i], order, ranks);
  }
  return file->finish();
}

std::expected<void, WriteError> write_statistics(const std::string& path, uint32_t rows,
                                                 std::span<const ColumnData> columns) {
  const auto most = static_cast<uint32_t>(columns.size() * kSectionsPerColumn);
  auto file = FileWriter::create(path, FileKind::statistics, rows, most);
  if (!file) {
    return std::unexpected(file.error());
  }
  std::vector<uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  for (size_t i = 0; i < columns.size(); ++i) {
    assert(columns[i].type.kind != Kind::string && columns[i].type.kind != Kind::list);
    write_column(*file, i, columns[i], order, {});
  }
  return file->finish();
}

}  // namespace rec::store
