// Values of requests: JSON and text of a known type.
#include "runtime/engine/parse_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "compiler/types/text.h"
#include "runtime/engine/value_check.h"

namespace rec::engine {
namespace {

using nlohmann::json;
using types::Kind;
using types::Type;
using types::Value;
using Result = std::expected<Value, std::string>;

std::unexpected<std::string> wrong(const Type& type, std::string seen) {
  if (seen.size() > 80) seen = seen.substr(0, 77) + "...";
  return std::unexpected(fmt::format("must be {}, not {}", describe(type), seen));
}

/// What a string stands for; for lists and vectors nothing.
std::optional<Value> scalar_of_text(std::string_view text, const Type& type) {
  const auto as_value = [](const auto& parsed) { return parsed ? std::optional<Value>(*parsed) : std::nullopt; };
  switch (type.kind) {
    case Kind::boolean:
      if (text == "true" || text == "false") return text == "true";
      return {};
    case Kind::integer:
      return as_value(types::parse_int(text));
    case Kind::floating:
      return as_value(types::parse_float(text));
    case Kind::string:
      return std::string(text);
    case Kind::time:
      return as_value(types::parse_time(text));
    case Kind::duration:
      return as_value(types::parse_duration(text));
    case Kind::enumeration: {
      const auto found = std::ranges::find(*type.names, text);
      if (found == type.names->end()) return {};
      return int64_t{found - type.names->begin()};
    }
    default:
      return {};
  }
}

std::optional<int64_t> integer_of(const json& value) {
  if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) return {};
  if (value.is_number_integer()) return value.get<int64_t>();
  return {};
}

std::optional<Value> number_of(const json& value, const Type& type) {
  if (type.kind == Kind::floating) {
    const double number = value.get<double>();
    if (std::fabs(number) > static_cast<double>(std::numeric_limits<float>::max())) return {};
    return static_cast<float>(number);
  }
  if (type.kind != Kind::integer && type.kind != Kind::duration)
    return {};  // a duration in microseconds, as responses have it
  const auto number = integer_of(value);
  return number ? std::optional<Value>(*number) : std::nullopt;
}

template <typename T>
Result list_of(const json& array, const Type& element) {
  std::vector<T> out;
  for (size_t i = 0; i < array.size(); ++i) {
    auto value = value_of_json(array[i], element);
    if (!value) return std::unexpected(fmt::format("has an element {} that {}", i + 1, value.error()));
    if (!std::holds_alternative<T>(*value))
      return std::unexpected(fmt::format("has an element {} that is missing", i + 1));
    out.push_back(std::get<T>(*value));
  }
  return Value{std::move(out)};
}

Result list_value(const json& array, const Type& type) {
  if (!array.is_array()) return wrong(type, array.dump());
  const Type element = type.kind == Kind::vector ? types::floating() : types::element_of(type);
  if (type.kind == Kind::vector && array.size() != type.size)
    return wrong(type, fmt::format("{} of them", array.size()));
  switch (element.kind) {
    case Kind::boolean:
      return list_of<bool>(array, element);
    case Kind::floating:
      return list_of<float>(array, element);
    case Kind::string:
      return list_of<std::string>(array, element);
    default:
      return list_of<int64_t>(array, element);
  }
}

/// A float's text where JSON has no number for it: what responses print.
bool is_special_float(const json& value, const Type& type) {
  return type.kind == Kind::floating && (value == "NaN" || value == "Infinity" || value == "-Infinity");
}

}  // namespace

Result value_of_json(const json& value, const Type& type) {
  if (value.is_null()) return type.optional ? Result(Value{}) : wrong(type, "null");
  if (type.kind == Kind::list || type.kind == Kind::vector) return list_value(value, type);
  std::optional<Value> out;
  if (value.is_boolean() && type.kind == Kind::boolean) out = value.get<bool>();
  if (value.is_number()) out = number_of(value, type);
  const bool by_text = type.kind == Kind::string || type.kind == Kind::time || type.kind == Kind::duration ||
                       type.kind == Kind::enumeration || is_special_float(value, type);
  if (value.is_string() && by_text) out = scalar_of_text(value.get_ref<const std::string&>(), type);
  if (!out) return wrong(type, value.dump(-1, ' ', false, json::error_handler_t::replace));
  return *std::move(out);
}

Result value_of_text(std::string_view text, const Type& type) {
  if (type.kind == Kind::list || type.kind == Kind::vector) {
    const json array = json::parse(text, nullptr, false);
    if (array.is_discarded()) return wrong(type, fmt::format("`{}` (write a list as [1, 2] or [\"a\", \"b\"])", text));
    return value_of_json(array, type);
  }
  if (auto value = scalar_of_text(text, type)) return *std::move(value);
  return wrong(type, fmt::format("`{}`", text));
}

}  // namespace rec::engine
