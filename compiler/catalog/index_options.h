// The index algorithms that a catalog can name, with their options, ranges and defaults: one table for checks and
// messages.
#pragma once

#include <string_view>
#include <vector>

namespace rec::catalog {

struct IndexOption {
  enum class Kind { count, number, duration, word } kind;
  std::string_view name;
  std::string_view initial;  // as it would be written; "none": not set
  double low = 0, high = 0;  // count, number
  std::vector<std::string_view> words{};
};

struct IndexAlgorithm {
  std::string_view name;
  bool from_sequence;  // `from: SEQUENCE` (and `weight:`); otherwise `vectors: TABLE.COLUMN` or `MODEL.item`
  std::vector<IndexOption> options;
};

const std::vector<IndexAlgorithm>& index_algorithms();

}  // namespace rec::catalog
