// The types of the language, and values of them that are known before a request runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rec::types {

enum class Kind : uint8_t {
  boolean,      // uint8_t, 0 or 1
  integer,      // int64_t
  floating,     // float, 32-bit IEEE 754
  string,       // int32_t code in the request's string space
  time,         // int64_t microseconds since 1970-01-01T00:00Z
  duration,     // int64_t microseconds
  list,         // column::ListRef of elements (`element`)
  vector,       // const float*, `size` floats; nullptr: missing
  row,          // uint32_t row id of `name`'s table
  sequence,     // events of the catalog's sequence `name`; never a column
  enumeration,  // int32_t index into `names`; parameters only
  record,       // what a model returns; `fields`
  none,         // the type of the literal `none`, and of nothing else
};

struct Field;

/// A type. Compared by value.
struct Type {
  Kind kind = Kind::boolean;
  bool optional = false;  // `T?`: may be missing
  Kind element =
      Kind::none;  // list: its elements; list of rows: Kind::row with the table in `name`; none: an empty literal list
  uint32_t size = 0;   // vector: its dimension
  std::string name{};  // row: table; sequence: sequence; enumeration: its parameter
  std::shared_ptr<const std::vector<std::string>> names{};  // enumeration: its variants
  std::shared_ptr<const std::vector<Field>> fields{};       // record

  friend bool operator==(const Type& a, const Type& b);
};

struct Field {
  std::string name;
  Type type;
};

inline Type boolean() {
  return {.kind = Kind::boolean};
}
inline Type integer() {
  return {.kind = Kind::integer};
}
inline Type floating() {
  return {.kind = Kind::floating};
}
inline Type string() {
  return {.kind = Kind::string};
}
inline Type time() {
  return {.kind = Kind::time};
}
inline Type duration() {
  return {.kind = Kind::duration};
}
inline Type list(Kind element) {
  return {.kind = Kind::list, .element = element};
}
inline Type vector(uint32_t size) {
  return {.kind = Kind::vector, .size = size};
}
inline Type row(std::string table) {
  return {.kind = Kind::row, .name = std::move(table)};
}
inline Type list_of_rows(std::string table) {
  return {.kind = Kind::list, .element = Kind::row, .name = std::move(table)};
}
inline Type sequence(std::string name) {
  return {.kind = Kind::sequence, .name = std::move(name)};
}

inline Type optional(Type type) {
  type.optional = true;
  return type;
}
inline Type required(Type type) {
  type.optional = false;
  return type;
}
/// The type of a list's elements.
Type element_of(const Type& list);

bool is_number(const Type& type);   // int or float, not optional
bool is_ordered(const Type& type);  // int, float, time, duration, not optional

/// As a user writes it: "float", "[string]?", "vector(64)", "row(notes)", "seq(clicks)".
std::string to_text(const Type& type);

/// Bytes of one value as a batch holds it (the comments of `Kind`); 0 for sequence, record, none.
size_t width(const Type& type);

/// Reads a catalog's or declaration's scalar type name: "int", "float?", "[string]", "vector(64)". Not row, seq, enum.
/// Returns false where the text is no type.
bool parse_type(std::string_view text, Type& out);

/// A value known before a request: literals, parameters, a request's fields, what an unknown user gets.
/// time and duration are int64_t; enum the index of its variant; monostate is a missing value.
using Value = std::variant<std::monostate, bool, int64_t, float, std::string, std::vector<bool>, std::vector<int64_t>,
                           std::vector<float>, std::vector<std::string>>;

/// The value as a user would write it in a `.rec` file (a time as ISO 8601 in UTC, a duration with one unit).
std::string to_text(const Value& value, const Type& type);

}  // namespace rec::types
