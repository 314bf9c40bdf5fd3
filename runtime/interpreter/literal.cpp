// A value known before the request in its physical form.
#include "runtime/interpreter/literal.h"

#include <algorithm>
#include <cstring>

namespace rec::interpreter {

namespace {

using types::Kind;

Values number(int64_t value, Kind kind, column::Arena& arena) {
  switch (kind) {
    case Kind::boolean:
      return single<uint8_t>(value != 0 ? 1 : 0, arena);
    case Kind::enumeration:
      return single(static_cast<int32_t>(value), arena);
    case Kind::floating:
      return single(static_cast<float>(value), arena);
    default:
      return single(value, arena);
  }
}

template <typename Out, typename In, typename Convert>
Values list_of(const std::vector<In>& elements, column::Arena& arena, Convert convert) {
  const auto out = arena.allocate<Out>(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) out[i] = convert(elements[i]);
  return single(column::ListRef{.data = out.data(), .size = static_cast<uint32_t>(elements.size())}, arena);
}

struct Maker {
  const types::Type& type;
  column::StringSpace& strings;
  column::Arena& arena;

  Values operator()(std::monostate) const { return missing(type, arena); }
  Values operator()(bool v) const { return single<uint8_t>(v ? 1 : 0, arena); }
  Values operator()(int64_t v) const { return number(v, type.kind, arena); }
  Values operator()(float v) const { return single(v, arena); }
  Values operator()(const std::string& v) const { return single(strings.intern(v), arena); }
  Values operator()(const std::vector<bool>& v) const {
    return list_of<uint8_t>(v, arena, [](bool b) -> uint8_t { return b ? 1 : 0; });
  }
  Values operator()(const std::vector<int64_t>& v) const {
    if (type.element == Kind::floating)
      return list_of<float>(v, arena, [](int64_t x) { return static_cast<float>(x); });
    return list_of<int64_t>(v, arena, [](int64_t x) { return x; });
  }
  Values operator()(const std::vector<float>& v) const {
    return list_of<float>(v, arena, [](float x) { return x; });
  }
  Values operator()(const std::vector<std::string>& v) const {
    return list_of<int32_t>(v, arena, [this](const std::string& x) { return strings.intern(x); });
  }
};

}  // namespace

Values missing(const types::Type& type, column::Arena& arena) {
  const size_t bytes = std::max<size_t>(types::width(type), 1);
  void* data = arena.allocate_bytes(bytes);
  std::memset(data, 0, bytes);
  if (!type.optional) return {.data = data};
  const auto present = arena.allocate<uint8_t>(1);
  present[0] = 0;
  return {.data = data, .present = present.data()};
}

Values literal(const types::Value& value, const types::Type& type, column::StringSpace& strings, column::Arena& arena) {
  return std::visit(Maker{type, strings, arena}, value);
}

}  // namespace rec::interpreter
