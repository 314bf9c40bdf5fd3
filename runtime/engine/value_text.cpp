// Values as text for people and spreadsheets.
#include "runtime/engine/value_text.h"

#include "compiler/types/text.h"

namespace rec::engine {
namespace {

struct Display {
  const types::Type& type;
  std::string_view separator;

  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(float f) const { return types::format_float(f); }
  std::string operator()(const std::string& s) const { return s; }
  std::string operator()(int64_t i) const {
    switch (type.kind) {
      case types::Kind::time:
        return types::format_time(i);
      case types::Kind::duration:
        return types::format_duration(i);
      case types::Kind::enumeration:
        return type.names->at(static_cast<size_t>(i));
      default:
        return std::to_string(i);
    }
  }
  template <typename T>
  std::string operator()(const std::vector<T>& list) const {
    const types::Type element = type.kind == types::Kind::list ? types::element_of(type) : types::floating();
    std::string out;
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out += separator;
      out += Display{element, separator}(static_cast<T>(list[i]));
    }
    return out;
  }
};

}  // namespace

std::string display(const types::Value& value, const types::Type& type, std::string_view separator) {
  return std::visit(Display{type, separator}, value);
}

}  // namespace rec::engine
