// A table as it is being built: columns of values in memory, in any row order.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/types/type.h"

namespace rec::store {

/// Strings of one table, numbered by first appearance.
class StringPool {
 public:
  uint32_t add(std::string_view text) {
    if (const auto known = numbers_.find(text); known != numbers_.end()) {
      return known->second;
    }
    const auto number = static_cast<uint32_t>(texts_.size());
    numbers_.emplace(texts_.emplace_back(text), number);
    return number;
  }
  size_t size() const { return texts_.size(); }
  const std::string& text(uint32_t number) const { return texts_[number]; }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, uint32_t> numbers_;
};

/// One column. Values lie in the vector that fits the type: `integers` (bool, int, time, duration and lists of them),
/// `floats` (float, vectors, lists of float), `strings` (numbers of the pool; lists of them). A missing value takes its
/// place as a zero, an empty string, an empty list or a zero vector.
struct ColumnData {
  types::Type type;
  std::vector<uint8_t> present{};   // optional types only, one a row
  std::vector<uint64_t> offsets{};  // lists only: rows + 1, beginning with 0
  std::vector<int64_t> integers{};
  std::vector<float> floats{};
  std::vector<uint32_t> strings{};
};

struct TableData {
  uint32_t rows = 0;
  StringPool pool;
  std::vector<ColumnData> columns;  // columns[0] is the key
};

}  // namespace rec::store
