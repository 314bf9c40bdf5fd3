// Whether a value fits: its type, a parameter's bounds.
#include "runtime/engine/value_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/errors.h"

namespace rec::engine {
namespace {

using diagnostics::Code;
using types::Kind;
using types::Value;

bool holds(const Value& value, const types::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return std::holds_alternative<bool>(value);
    case Kind::floating:
      return std::holds_alternative<float>(value);
    case Kind::string:
      return std::holds_alternative<std::string>(value);
    case Kind::integer:
    case Kind::time:
    case Kind::duration:
      return std::holds_alternative<int64_t>(value);
    case Kind::enumeration: {
      const auto* index = std::get_if<int64_t>(&value);
      return index != nullptr && *index >= 0 && type.names && static_cast<size_t>(*index) < type.names->size();
    }
    case Kind::vector: {
      const auto* elements = std::get_if<std::vector<float>>(&value);
      return elements != nullptr && elements->size() == type.size;
    }
    case Kind::list:
      switch (type.element) {
        case Kind::boolean:
          return std::holds_alternative<std::vector<bool>>(value);
        case Kind::floating:
          return std::holds_alternative<std::vector<float>>(value);
        case Kind::string:
          return std::holds_alternative<std::vector<std::string>>(value);
        default:
          return std::holds_alternative<std::vector<int64_t>>(value);
      }
    default:
      return false;
  }
}

/// Every element between the bounds; NaN is within none.
template <typename T>
bool within(const T& value, const std::optional<Value>& low, const std::optional<Value>& high) {
  if (low && !(std::get<T>(*low) <= value)) return false;
  return !high || value <= std::get<T>(*high);
}

bool within_bounds(const graph::Parameter& parameter, const Value& value) {
  const auto& [low, high] = std::pair(parameter.low, parameter.high);
  if (const auto* i = std::get_if<int64_t>(&value)) return within(*i, low, high);
  if (const auto* f = std::get_if<float>(&value)) return within(*f, low, high);
  if (const auto* s = std::get_if<std::string>(&value)) return within(*s, low, high);
  const auto all = [&](const auto& list) {
    return std::ranges::all_of(list, [&](const auto& v) { return within(v, low, high); });
  };
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) return all(*list);
  if (const auto* list = std::get_if<std::vector<float>>(&value)) return all(*list);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return all(*list);
  return true;
}

}  // namespace

std::string describe(const types::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return "an int";
    case Kind::floating:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::time:
      return "a time such as 2026-11-01T08:00Z";
    case Kind::duration:
      return "a duration such as 80ms or 30d";
    case Kind::enumeration:
      return "one of " + listed(*type.names);
    case Kind::vector:
      return fmt::format("a list of {} numbers", type.size);
    case Kind::list:
      return fmt::format("a list, each element {}", describe(types::element_of(type)));
    default:
      return types::to_text(type);
  }
}

std::optional<std::string> check_value(const Value& value, const types::Type& type) {
  if (std::holds_alternative<std::monostate>(value)) {
    return type.optional ? std::nullopt : std::optional<std::string>("is missing");
  }
  return holds(value, type) ? std::nullopt : std::optional("must be " + describe(type));
}

const graph::Parameter* find_parameter(const graph::Plan& plan, const std::string& name) {
  for (const auto& parameter : plan.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

std::optional<Error> check_parameter(const graph::Parameter& parameter, const Value& value) {
  if (auto wrong = check_value(value, parameter.type)) {
    return request_error(Code::bad_request, fmt::format("parameter `{}` {}", parameter.name, *wrong));
  }
  if (!within_bounds(parameter, value)) {
    types::Type element = parameter.type.kind == Kind::list ? types::element_of(parameter.type) : parameter.type;
    const auto bound = [&](const std::optional<Value>& b) {
      return b ? types::to_text(*b, element) : std::string("…");
    };
    return request_error(
        Code::parameter_out_of_bounds,
        fmt::format("parameter `{}` cannot be {}", parameter.name, types::to_text(value, parameter.type)),
        fmt::format("it is declared `within {} .. {}`", bound(parameter.low), bound(parameter.high)));
  }
  return {};
}

Error unknown_field(const catalog::Catalog& catalog, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& field : catalog.request) known.push_back(field.name);
  return unknown_name(Code::bad_request, fmt::format("the catalog declares no request field `{}`", name), name, known);
}

Error unknown_parameter(const graph::Plan& plan, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& parameter : plan.parameters) known.push_back(parameter.name);
  return unknown_name(Code::unknown_parameter, fmt::format("`{}` has no parameter `{}`", plan.name, name), name, known);
}

}  // namespace rec::engine
