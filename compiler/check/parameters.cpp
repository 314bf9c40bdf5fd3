// Declared types, literals in a declared type, and parameters with their bounds.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "compiler/check/context.h"
#include "compiler/types/text.h"

namespace rec::check {

using types::Kind;
using types::Type;
using types::Value;

namespace {

const std::vector<std::string> kTypeNames{"bool", "int", "float", "string", "time", "duration"};

bool scalar_kind(std::string_view name, Kind& out) {
  static constexpr Kind kKinds[] = {Kind::boolean, Kind::integer, Kind::floating,
                                    Kind::string,  Kind::time,    Kind::duration};
  for (size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return out = kKinds[i], true;
  }
  return false;
}

}  // namespace

bool check_type(const syntax::TypeSyntax& written, diagnostics::Diagnostics& diagnostics, Type& out) {
  out = Type{};
  if (written.name == "list") {
    Kind element;
    if (written.element == nullptr || written.element->optional || !scalar_kind(written.element->name, element)) {
      diagnostics.error(Code::unknown_type, written.span,
                        "the elements of a list are bool, int, float, string, time or duration",
                        "not a list of a scalar");
      return false;
    }
    out = types::list(element);
  } else if (written.name == "enum") {
    auto names = std::make_shared<std::vector<std::string>>();
    for (const auto& variant : written.variants) {
      if (std::find(names->begin(), names->end(), variant.text) != names->end()) {
        diagnostics.error(Code::duplicate_name, variant.span, fmt::format("variant `{}` is named twice", variant.text));
        return false;
      }
      names->push_back(variant.text);
    }
    out.kind = Kind::enumeration;
    out.names = std::move(names);
  } else if (written.name == "vector") {
    const auto* size = written.size ? std::get_if<syntax::IntLiteral>(&written.size->node) : nullptr;
    if (size == nullptr || size->magnitude < 1 || size->magnitude > 65536) {
      diagnostics.error(Code::unknown_type, written.span, "the dimension of a vector is an int literal from 1 to 65536",
                        "write vector(64)");
      return false;
    }
    out = types::vector(static_cast<uint32_t>(size->magnitude));
  } else if (written.name == "row") {
    out = types::row(written.table.text);
  } else if (!scalar_kind(written.name, out.kind)) {
    auto& d = diagnostics.error(Code::unknown_type, written.span, fmt::format("there is no type `{}`", written.name),
                                "not a type");
    static constexpr std::pair<std::string_view, std::string_view> kElsewhere[] = {
        {"number", "float"}, {"double", "float"}, {"real", "float"},    {"f32", "float"},
        {"integer", "int"},  {"long", "int"},     {"i64", "int"},       {"str", "string"},
        {"text", "string"},  {"boolean", "bool"}, {"datetime", "time"}, {"timestamp", "time"}};
    const auto* known = std::ranges::find(kElsewhere, std::string_view(written.name),
                                          &std::pair<std::string_view, std::string_view>::first);
    if (known != std::end(kElsewhere)) {
      d.help.push_back(fmt::format("it is called `{}` here", known->second));
    } else {
      auto names = kTypeNames;
      names.insert(names.end(), {"vector", "row", "enum"});
      suggest(d, written.name, names, "the language");
    }
    return false;
  }
  out.optional = written.optional;
  return true;
}

namespace {

/// A literal's number, its sign applied; whole: it was written as an int.
struct Number {
  bool whole = false;
  bool negative = false;
  uint64_t magnitude = 0;
  double value = 0;
};

bool number_of(const syntax::Expr& expr, Number& out) {
  if (const auto* minus = std::get_if<syntax::Unary>(&expr.node); minus && minus->op == syntax::UnaryOp::negate) {
    if (!number_of(*minus->operand, out) || out.negative) return false;
    out.negative = true;
    out.value = -out.value;
    return true;
  }
  if (const auto* whole = std::get_if<syntax::IntLiteral>(&expr.node)) {
    out = {true, false, whole->magnitude, static_cast<double>(whole->magnitude)};
    return true;
  }
  if (const auto* number = std::get_if<syntax::FloatLiteral>(&expr.node)) {
    out = {false, false, 0, number->value};
    return true;
  }
  return false;
}

bool too_large(const syntax::Expr& expr, std::string_view type, diagnostics::Diagnostics& diagnostics) {
  diagnostics.error(Code::literal_out_of_range, expr.span, fmt::format("this number does not fit into {}", type),
                    type == "float" ? "a float holds up to 3.4e38, and whole numbers exactly up to 16777216"
                                    : "an int holds -9223372036854775808 to 9223372036854775807");
  return false;
}

bool int_value(const syntax::Expr& expr, const Number& number, diagnostics::Diagnostics& diagnostics, int64_t& out) {
  constexpr uint64_t kLimit = uint64_t{1} << 63;
  if (number.magnitude > kLimit || (number.magnitude == kLimit && !number.negative))
    return too_large(expr, "int", diagnostics);
  out = static_cast<int64_t>(number.negative ? uint64_t{0} - number.magnitude : number.magnitude);
  return true;
}

bool float_value(const syntax::Expr& expr, const Number& number, diagnostics::Diagnostics& diagnostics, float& out) {
  out = static_cast<float>(number.value);
  if (!std::isfinite(out)) return too_large(expr, "float", diagnostics);
  if (number.whole &&
      (number.magnitude > (uint64_t{1} << 63) || static_cast<uint64_t>(std::fabs(out)) != number.magnitude)) {
    return too_large(expr, "float", diagnostics);
  }
  return true;
}

bool wrong_literal(const syntax::Expr& expr, const Type& type, diagnostics::Diagnostics& diagnostics) {
  diagnostics.error(Code::not_a_literal, expr.span, fmt::format("expected a literal of type {}", types::to_text(type)),
                    "not such a literal");
  return false;
}

const std::string* time_literal(const syntax::Expr& expr) {
  const auto* call = std::get_if<syntax::Call>(&expr.node);
  if (call == nullptr || call->arguments.size() != 1) return nullptr;
  const auto* name = std::get_if<syntax::NameRef>(&call->callee->node);
  const auto* text = std::get_if<syntax::StringLiteral>(&call->arguments[0].value->node);
  return name && name->name == "time" && text ? &text->value : nullptr;
}

bool list_value(const syntax::Expr& expr, const Type& type, diagnostics::Diagnostics& diagnostics, Value& out) {
  const auto* list = std::get_if<syntax::ListLiteral>(&expr.node);
  if (list == nullptr) return wrong_literal(expr, type, diagnostics);
  const Type element = types::element_of(type);
  switch (type.element) {
    case Kind::boolean:
      out = std::vector<bool>{};
      break;
    case Kind::floating:
      out = std::vector<float>{};
      break;
    case Kind::string:
      out = std::vector<std::string>{};
      break;
    default:
      out = std::vector<int64_t>{};
      break;
  }
  for (const auto& item : list->items) {
    Value value;
    if (!literal_value(*item, element, diagnostics, value)) return false;
    std::visit(
        [&](auto& values) {
          using T = std::decay_t<decltype(values)>;
          if constexpr (std::is_same_v<T, std::vector<bool>>) {
            values.push_back(std::get<bool>(value));
          } else if constexpr (std::is_same_v<T, std::vector<float>>) {
            values.push_back(std::get<float>(value));
          } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            values.push_back(std::get<std::string>(value));
          } else if constexpr (std::is_same_v<T, std::vector<int64_t>>) {
            values.push_back(std::get<int64_t>(value));
          }
        },
        out);
  }
  return true;
}

}  // namespace

bool literal_value(const syntax::Expr& expr, const Type& type, diagnostics::Diagnostics& diagnostics, Value& out) {
  if (std::holds_alternative<syntax::ErrorExpr>(expr.node)) return false;
  if (type.optional && std::holds_alternative<syntax::NoneLiteral>(expr.node)) return out = std::monostate{}, true;
  Number number;
  switch (type.kind) {
    case Kind::boolean:
      if (const auto* b = std::get_if<syntax::BoolLiteral>(&expr.node)) return out = b->value, true;
      break;
    case Kind::integer:
      if (number_of(expr, number) && number.whole) {
        int64_t value = 0;
        return int_value(expr, number, diagnostics, value) && (out = value, true);
      }
      break;
    case Kind::floating:
      if (number_of(expr, number)) {
        float value = 0;
        return float_value(expr, number, diagnostics, value) && (out = value, true);
      }
      break;
    case Kind::string:
      if (const auto* s = std::get_if<syntax::StringLiteral>(&expr.node)) return out = s->value, true;
      break;
    case Kind::duration: {
      const auto* minus = std::get_if<syntax::Unary>(&expr.node);
      const bool negative = minus && minus->op == syntax::UnaryOp::negate;
      if (const auto* d = std::get_if<syntax::DurationLiteral>(&(negative ? *minus->operand : expr).node)) {
        return out = negative ? -d->microseconds : d->microseconds, true;
      }
      break;
    }
    case Kind::time:
      if (const std::string* text = time_literal(expr)) {
        if (const auto time = types::parse_time(*text)) return out = *time, true;
        diagnostics.error(Code::literal_out_of_range, expr.span, fmt::format("`{}` is no time", *text),
                          "write time(\"2026-11-01T00:00+08:00\")");
        return false;
      }
      break;
    case Kind::enumeration:
      if (const auto* name = std::get_if<syntax::NameRef>(&expr.node)) {
        const auto it = std::find(type.names->begin(), type.names->end(), name->name);
        if (it != type.names->end()) return out = static_cast<int64_t>(it - type.names->begin()), true;
        suggest(diagnostics.error(Code::unknown_variant, expr.span,
                                  fmt::format("`{}` is no variant of the enum", name->name)),
                name->name, *type.names, "the enum");
        return false;
      }
      break;
    case Kind::list:
      return list_value(expr, type, diagnostics, out);
    default:
      break;
  }
  return wrong_literal(expr, type, diagnostics);
}

namespace {

bool less(const Value& a, const Value& b) {
  if (const auto* x = std::get_if<int64_t>(&a)) return *x < std::get<int64_t>(b);
  return std::get<float>(a) < std::get<float>(b);
}

bool outside(const Value& value, const graph::Parameter& parameter) {
  const auto bad = [&](const Value& v) { return less(v, *parameter.low) || less(*parameter.high, v); };
  if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) return std::ranges::any_of(*ints, bad);
  if (const auto* floats = std::get_if<std::vector<float>>(&value)) return std::ranges::any_of(*floats, bad);
  return bad(value);
}

}  // namespace

bool within_bounds(const graph::Parameter& parameter, const types::Value& value) {
  return !parameter.low || !outside(value, parameter);
}

bool check_parameter(const syntax::ParamDecl& decl, diagnostics::Diagnostics& diagnostics, graph::Parameter& out) {
  out = {.name = decl.name.text,
         .doc = decl.doc,
         .type = {},
         .default_value = {},
         .low = {},
         .high = {},
         .span = decl.name.span};
  if (!check_type(decl.type, diagnostics, out.type)) return false;
  if (out.type.kind == Kind::vector || out.type.kind == Kind::row || out.type.optional) {
    diagnostics.error(Code::unknown_type, decl.type.span,
                      fmt::format("a parameter cannot be of type {}", types::to_text(out.type)),
                      "bool, int, float, string, time, duration, enum or a list");
    return false;
  }
  if (out.type.kind == Kind::enumeration) out.type.name = out.name;
  if (decl.default_value == nullptr || !literal_value(*decl.default_value, out.type, diagnostics, out.default_value))
    return false;
  if (decl.low == nullptr || decl.high == nullptr) return true;

  const Type bound = out.type.kind == Kind::list ? types::element_of(out.type) : out.type;
  if (!types::is_ordered(bound)) {
    diagnostics.error(Code::type_mismatch, decl.low->span,
                      fmt::format("`within` needs an ordered type, and this is {}", types::to_text(out.type)));
    return false;
  }
  Value low, high;
  if (!literal_value(*decl.low, bound, diagnostics, low) || !literal_value(*decl.high, bound, diagnostics, high))
    return false;
  out.low = low;
  out.high = high;
  if (less(high, low)) {
    diagnostics.error(Code::bad_bounds, source::join(decl.low->span, decl.high->span),
                      "the lower bound is above the upper one");
    return false;
  }
  if (outside(out.default_value, out)) {
    auto& d = diagnostics.error(Code::bad_bounds, decl.default_value->span,
                                fmt::format("the default of `{}` is outside its bounds", out.name));
    d.secondary.push_back({source::join(decl.low->span, decl.high->span), "the bounds"});
    return false;
  }
  return true;
}

}  // namespace rec::check
