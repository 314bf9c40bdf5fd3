// Writes JSON with floats in the shortest form that reads back the same.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "compiler/types/type.h"

namespace rec::engine {

/// Objects and arrays are opened and closed by the caller; commas and, where `pretty`, line ends and indents come by
/// themselves.
class JsonWriter {
 public:
  explicit JsonWriter(bool pretty) : pretty_(pretty) {}

  JsonWriter& open(char bracket);   // '{' or '['
  JsonWriter& close(char bracket);  // '}' or ']'
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& integer(int64_t value);
  JsonWriter& natural(uint64_t value);
  JsonWriter& floating(float value);  // NaN and infinities as strings
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& json(const nlohmann::ordered_json& value);
  /// Times as ISO 8601, durations as microseconds, enums by their name, a missing value as null.
  JsonWriter& value(const types::Value& value, const types::Type& type);

  std::string take() { return std::move(out_); }

 private:
  void separate();
  void line_end();
  JsonWriter& raw(std::string_view token);

  bool pretty_;
  bool first_ = true;  // nothing in the innermost bracket yet
  bool after_key_ = false;
  size_t depth_ = 0;
  std::string out_;
};

}  // namespace rec::engine
