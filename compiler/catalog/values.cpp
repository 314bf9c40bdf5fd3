// Values written in the catalog, read as a column's type.
#include <fmt/format.h>

#include "compiler/catalog/sections.h"
#include "compiler/types/text.h"

namespace rec::catalog {

using diagnostics::Code;
using types::Kind;
using types::Value;

namespace {

std::optional<Value> scalar_value(std::string_view text, Kind kind) {
  const auto lift = [](auto value) { return value ? std::optional<Value>(*value) : std::nullopt; };
  switch (kind) {
    case Kind::boolean:
      return text == "true" || text == "false" ? std::optional<Value>(text == "true") : std::nullopt;
    case Kind::integer:
      return lift(types::parse_int(text));
    case Kind::floating:
      return lift(types::parse_float(text));
    case Kind::string:
      return Value(std::string(text));
    case Kind::time:
      return lift(types::parse_time(text));
    case Kind::duration:
      return lift(types::parse_duration(text));
    default:
      return std::nullopt;
  }
}

std::optional<Value> mismatch(const Node& node, const types::Type& type, const std::string& what, Context& context) {
  const std::string seen = node.kind == Node::Kind::scalar ? "`" + node.text + "`" : std::string(kind_text(node));
  auto& report = context.diagnostics.error(Code::bad_catalog_value, node.span,
                                           fmt::format("{} is {}, which is no {}", what, seen, types::to_text(type)));
  if (type.kind == Kind::time) report.help.push_back("times are written like `2026-11-01T00:00+08:00`");
  if (type.kind == Kind::duration) report.help.push_back("durations are written like `30d`");
  if (type.kind == Kind::list) report.help.push_back("lists are written like `[a, b]`, the empty one `[]`");
  return std::nullopt;
}

template <typename T>
std::optional<Value> list_value(const Node& node, const types::Type& type, Kind element, const std::string& what,
                                Context& context) {
  std::vector<T> values;
  for (const Node& item : node.items) {
    const auto value = item.kind == Node::Kind::scalar ? scalar_value(item.text, element) : std::nullopt;
    if (!value) return mismatch(item, types::Type{.kind = element}, "an element of " + what, context);
    values.push_back(std::get<T>(*value));
  }
  if (type.kind == Kind::vector && values.size() != type.size) return mismatch(node, type, what, context);
  return Value(std::move(values));
}

}  // namespace

std::optional<Value> read_value(const Node& node, const types::Type& type, const std::string& what, Context& context) {
  if (node.kind == Node::Kind::null && type.optional) return Value();
  if (type.kind != Kind::list && type.kind != Kind::vector) {
    const auto value = node.kind == Node::Kind::scalar ? scalar_value(node.text, type.kind) : std::nullopt;
    return value ? value : mismatch(node, type, what, context);
  }
  if (node.kind != Node::Kind::sequence) return mismatch(node, type, what, context);
  const Kind element = type.kind == Kind::vector ? Kind::floating : type.element;
  switch (element) {
    case Kind::boolean:
      return list_value<bool>(node, type, element, what, context);
    case Kind::floating:
      return list_value<float>(node, type, element, what, context);
    case Kind::string:
      return list_value<std::string>(node, type, element, what, context);
    default:
      return list_value<int64_t>(node, type, element, what, context);
  }
}

}  // namespace rec::catalog
