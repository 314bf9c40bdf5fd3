// The values that readers rely on: codes within the dictionary, ascending offsets, rows within their table.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/store/column_reader.h"
#include "runtime/store/sections.h"

namespace rec::store {
namespace {

using types::Kind;

bool all_below_two(const uint8_t* values, uint64_t count) {
  return std::all_of(values, values + count, [](uint8_t value) { return value < 2; });
}

bool elements_hold(const column::ColumnView& column, uint64_t elements, uint32_t dictionary_size) {
  const Kind kind = column.type.kind == Kind::list ? column.type.element : column.type.kind;
  if (kind == Kind::boolean) {
    return all_below_two(reinterpret_cast<const uint8_t*>(column.values), elements);
  }
  if (kind == Kind::string) {
    const auto* codes = reinterpret_cast<const uint32_t*>(column.values);
    return std::all_of(codes, codes + elements, [&](uint32_t code) { return code < dictionary_size; });
  }
  return true;
}

}  // namespace

bool offsets_hold(const uint64_t* offsets, uint64_t rows, uint64_t elements) {
  return offsets[0] == 0 && offsets[rows] == elements && std::is_sorted(offsets, offsets + rows + 1);
}

std::optional<std::string> check_column(const MappedFile& file, size_t index, const column::ColumnView& column,
                                        uint32_t dictionary_size) {
  const uint64_t elements = file.section(fmt::format("{}.values", index))->count;
  if (column.type.kind == Kind::list) {
    if (!offsets_hold(column.offsets, column.rows, elements)) {
      return fmt::format("the list offsets of column {} do not ascend", index);
    }
    for (uint32_t row = 0; row < column.rows; ++row) {
      if (column.offsets[row + 1] - column.offsets[row] > UINT32_MAX) {
        return fmt::format("column {} has a list of more than {} elements", index, UINT32_MAX);
      }
    }
  }
  if (column.present != nullptr && !all_below_two(column.present, column.rows)) {
    return fmt::format("the missing marks of column {} are not 0 or 1", index);
  }
  if (!elements_hold(column, elements, dictionary_size)) {
    return fmt::format("column {} has a value out of range", index);
  }
  return std::nullopt;
}

std::optional<std::string> check_dictionary(const MappedFile& file, const column::Dictionary& dictionary) {
  const auto* offsets = reinterpret_cast<const uint64_t*>(file.data(*file.section("strings.offsets")));
  if (!offsets_hold(offsets, dictionary.size(), file.section("strings.bytes")->count)) {
    return "the offsets of its strings do not ascend";
  }
  for (uint32_t code = 1; code < dictionary.size(); ++code) {
    const auto current = static_cast<int32_t>(code);
    if (dictionary.text(current - 1) >= dictionary.text(current)) {
      return "its strings are not sorted";
    }
  }
  return std::nullopt;
}

}  // namespace rec::store
