// Values as a user would write them in a `.rec` file.
#include <fmt/format.h>

#include "compiler/types/text.h"
#include "compiler/types/type.h"

namespace rec::types {
namespace {

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string scalar_text(bool value, Kind) {
  return value ? "true" : "false";
}
std::string scalar_text(float value, Kind) {
  return format_float(value);
}
std::string scalar_text(const std::string& value, Kind) {
  return quote(value);
}
std::string scalar_text(int64_t value, Kind kind) {
  if (kind == Kind::time) return fmt::format("time(\"{}\")", format_time(value));
  if (kind == Kind::duration) return format_duration(value);
  return std::to_string(value);
}

template <typename T>
std::string list_text(const std::vector<T>& values, Kind element) {
  std::string out = "[";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ", ";
    out += scalar_text(static_cast<T>(values[i]), element);
  }
  return out + "]";
}

struct Writer {
  const Type& type;

  std::string operator()(std::monostate) const { return "none"; }
  template <typename T>
  std::string operator()(const std::vector<T>& values) const {
    return list_text(values, type.element);
  }
  std::string operator()(int64_t value) const {
    const bool variant =
        type.kind == Kind::enumeration && type.names && value >= 0 && static_cast<uint64_t>(value) < type.names->size();
    return variant ? (*type.names)[static_cast<size_t>(value)] : scalar_text(value, type.kind);
  }
  template <typename T>
  std::string operator()(const T& value) const {
    return scalar_text(value, type.kind);
  }
};

}  // namespace

std::string to_text(const Value& value, const Type& type) {
  return std::visit(Writer{type}, value);
}

}  // namespace rec::types
