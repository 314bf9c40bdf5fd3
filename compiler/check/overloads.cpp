// Overloads: which of a function's definitions takes the arguments, and what is said where none does.
#include <fmt/format.h>

#include <cctype>

#include "compiler/check/expressions.h"

namespace rec::check {

using graph::Op;
using operators::FunctionDef;
using operators::Overload;
using types::Kind;
using types::Type;

namespace {

std::string signature(const operators::OperatorDef& def, const Overload& overload) {
  std::string text = def.name + "(";
  for (size_t i = 0; i < overload.parameters.size(); ++i)
    text += (i ? ", " : "") + types::to_text(overload.parameters[i]);
  return text + ")";
}

}  // namespace

bool is_spelled_between(std::string_view name) {
  return !name.empty() && !std::isalpha(static_cast<unsigned char>(name[0]));
}

ExprId Expressions::call(std::string_view function, std::vector<ExprId> arguments, Span span) {
  const std::vector<Span> spans(arguments.size(), span);
  return overloaded(*context_.registry.function(function), std::move(arguments), spans, span);
}

ExprId Expressions::overloaded(const operators::OperatorDef& def, std::vector<ExprId> arguments,
                               std::span<const Span> spans, Span span) {
  const auto& function = std::get<FunctionDef>(def.what);
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!type(arguments[i]).optional) continue;
    maybe_missing(arguments[i], spans[i],
                  is_spelled_between(def.name) ? fmt::format("an operand of `{}`", def.name)
                                               : fmt::format("an argument of `{}`", def.name));
    return kNoExpr;
  }
  const auto exact = [&](const Type& have, const Type& wanted) {
    return have == wanted ||
           (have.kind == wanted.kind &&
            ((wanted.kind == Kind::vector && wanted.size == 0) || (wanted.kind == Kind::row && wanted.name.empty()) ||
             (wanted.kind == Kind::list && wanted.element == Kind::none)));
  };
  const Overload* found = nullptr;
  for (const bool converting : {false, true}) {
    for (const auto& overload : function.overloads) {
      if (function.variadic) {
        found = &overload;
        break;
      }
      if (overload.parameters.size() != arguments.size()) continue;
      bool fits = true;
      std::vector<ExprId> converted = arguments;
      for (size_t i = 0; fits && i < arguments.size(); ++i) {
        const Type& wanted = overload.parameters[i];
        if (exact(type(arguments[i]), wanted)) continue;
        converted[i] = converting ? convert(arguments[i], wanted, spans[i]) : kNoExpr;
        fits = converted[i] != kNoExpr;
      }
      if (!fits) continue;
      arguments = std::move(converted);
      found = &overload;
      break;
    }
    if (found) break;
  }
  // Two vectors of different lengths, two rows of different tables fit no operation.
  const auto mismatched = [&](Kind kind) {
    return arguments.size() >= 2 && type(arguments[0]).kind == kind && type(arguments[1]).kind == kind &&
           !(type(arguments[0]) == type(arguments[1]));
  };
  if (found == nullptr || ((mismatched(Kind::vector) || mismatched(Kind::row)) && !function.variadic)) {
    std::string have;
    for (size_t i = 0; i < arguments.size(); ++i) have += (i ? ", " : "") + types::to_text(type(arguments[i]));
    const bool between = is_spelled_between(def.name);
    auto& d = context_.diagnostics.error(
        Code::no_overload, span,
        between ? fmt::format("`{}` does not take {}", def.name,
                              arguments.size() == 2 ? fmt::format("{} and {}", types::to_text(type(arguments[0])),
                                                                  types::to_text(type(arguments[1])))
                                                    : have)
                : fmt::format("`{}` does not take ({})", def.name, have));
    if (arguments.size() == 2 && spans[0] != spans[1]) {
      d.primary = {spans[0], types::to_text(type(arguments[0]))};
      d.secondary.push_back({spans[1], types::to_text(type(arguments[1]))});
    }
    if (!between) {
      for (const auto& overload : function.overloads) d.notes.push_back(signature(def, overload));
    } else if (arguments.size() == 2) {
      const Kind a = type(arguments[0]).kind, b = type(arguments[1]).kind;
      const auto number = [](Kind k) { return k == Kind::integer || k == Kind::floating; };
      if ((a == Kind::duration && number(b)) || (b == Kind::duration && number(a))) {
        d.help.emplace_back(
            "a duration becomes a number with `.us .ms .s .minutes .hours .days`, a number a duration by multiplying: "
            "`3 * 1d`");
      } else if (a == Kind::time || b == Kind::time) {
        d.help.emplace_back("times are compared with times; `age(t) < 7d` compares how long ago it was");
      } else if (a == Kind::string && b == Kind::string) {
        d.help.emplace_back("strings have `==`, `!=`, `in` and `starts_with(s, \"…\")`");
      }
    }
    return kNoExpr;
  }
  if (function.check_constants) {
    std::vector<std::optional<types::Value>> values;
    for (const ExprId id : arguments) {
      const auto* value = constant(id);
      values.push_back(value ? std::optional(*value) : std::nullopt);
    }
    if (const std::string wrong = function.check_constants(values); !wrong.empty()) {
      context_.diagnostics.error(Code::bad_bounds, span, wrong);
      return kNoExpr;
    }
  }
  return add({.op = Op::call,
              .type = found->result,
              .args = std::move(arguments),
              .def = &def,
              .overload = found,
              .span = span});
}

bool Expressions::never_zero(ExprId id) const {
  if (const auto* value = constant(id))
    return std::holds_alternative<int64_t>(*value) && std::get<int64_t>(*value) != 0;
  if (node(id).op != Op::parameter) return false;
  const auto& parameter = context_.declarations.parameters[node(id).index];
  return parameter.low && std::holds_alternative<int64_t>(*parameter.low) &&
         (std::get<int64_t>(*parameter.low) > 0 || std::get<int64_t>(*parameter.high) < 0);
}

ExprId Expressions::plain_division(ExprId id) {
  const graph::Node division = node(id);
  if (division.op != Op::call || !division.type.optional || !never_zero(division.args[1])) return id;
  for (const auto& overload : std::get<FunctionDef>(division.def->what).overloads) {
    if (overload.result.optional || overload.parameters != division.overload->parameters) continue;
    return add({.op = Op::call,
                .type = overload.result,
                .args = division.args,
                .def = division.def,
                .overload = &overload,
                .span = division.span});
  }
  return id;
}

}  // namespace rec::check
