// The expression checker's frame: dispatch, conversions, and what a place asks of the expression in it.
#include "compiler/check/expressions.h"

#include <fmt/format.h>

#include <cmath>

namespace rec::check {

using graph::Node;
using graph::Op;
using types::Kind;
using types::Type;

ExprId Expressions::check(const syntax::Expr& expr, Scope& scope, const Type* expected) {
  const ExprId id = std::visit(
      [&](const auto& node) -> ExprId {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, syntax::ErrorExpr>) {
          return kNoExpr;
        } else if constexpr (std::is_same_v<T, syntax::ListLiteral>) {
          return list_literal(expr, node, expected);
        } else if constexpr (std::is_same_v<T, syntax::NameRef>) {
          return name(expr, node, scope, expected);
        } else if constexpr (std::is_same_v<T, syntax::Member>) {
          return member(expr, node, scope);
        } else if constexpr (std::is_same_v<T, syntax::Index>) {
          return index(expr, node, scope);
        } else if constexpr (std::is_same_v<T, syntax::Call>) {
          return call(expr, node, scope);
        } else if constexpr (std::is_same_v<T, syntax::Lambda>) {
          context_.diagnostics.error(Code::type_mismatch, expr.span,
                                     "a lambda stands only as an argument of a sequence operation or of `weight:`",
                                     "a lambda here has no events to run over");
          return kNoExpr;
        } else if constexpr (std::is_same_v<T, syntax::Unary>) {
          return unary(expr, node, scope);
        } else if constexpr (std::is_same_v<T, syntax::Binary>) {
          return binary(expr, node, scope, expected);
        } else if constexpr (std::is_same_v<T, syntax::InRange>) {
          return in_range(expr, node, scope);
        } else if constexpr (std::is_same_v<T, syntax::IsNone>) {
          return is_none(expr, node, scope);
        } else if constexpr (std::is_same_v<T, syntax::If>) {
          return choose(expr, node, scope, expected);
        } else {
          return literal(expr, expected);
        }
      },
      expr.node);
  if (id == kNoExpr) return kNoExpr;
  if (type(id).optional && scope.present.contains(id)) {
    return add({.op = Op::assume_present,
                .type = types::required(type(id)),
                .level = level(id),
                .args = {id},
                .span = expr.span});
  }
  return id;
}

const types::Value* Expressions::constant(ExprId id) const {
  return node(id).op == Op::constant ? &node(id).value : nullptr;
}

ExprId Expressions::add(Node node) {
  for (const ExprId arg : node.args) node.level = static_cast<uint8_t>(node.level | plan_.exprs[arg].level);
  return plan_.exprs.add(std::move(node));
}

ExprId Expressions::add_constant(types::Value value, Type type, Span span) {
  return add({.op = Op::constant, .type = std::move(type), .value = std::move(value), .span = span});
}

ExprId Expressions::convert(ExprId id, const Type& wanted, Span span) {
  const Type have = type(id);
  if (have == wanted) return id;
  if (have.kind == Kind::none && wanted.optional) return add_constant(std::monostate{}, wanted, span);
  if (wanted.optional && !have.optional) {
    const ExprId inner = convert(id, types::required(wanted), span);
    return inner == kNoExpr ? kNoExpr : add({.op = Op::make_optional, .type = wanted, .args = {inner}, .span = span});
  }
  if (have.kind == Kind::integer && wanted.kind == Kind::floating && have.optional == wanted.optional) {
    if (const auto* value = constant(id); value && !have.optional) {
      return add_constant(static_cast<float>(std::get<int64_t>(*value)), wanted, span);
    }
    return add({.op = Op::to_float, .type = wanted, .args = {id}, .span = span});
  }
  if (have.kind == Kind::list && wanted.kind == Kind::list && have.optional == wanted.optional) {
    const auto* value = constant(id);
    if (have.element == Kind::none && value != nullptr) {
      switch (wanted.element) {
        case Kind::floating:
          return add_constant(std::vector<float>{}, wanted, span);
        case Kind::string:
          return add_constant(std::vector<std::string>{}, wanted, span);
        case Kind::boolean:
          return add_constant(std::vector<bool>{}, wanted, span);
        default:
          return add_constant(std::vector<int64_t>{}, wanted, span);
      }
    }
    if (have.element == Kind::integer && wanted.element == Kind::floating && value != nullptr) {
      std::vector<float> floats;
      for (const int64_t v : std::get<std::vector<int64_t>>(*value)) floats.push_back(static_cast<float>(v));
      return add_constant(std::move(floats), wanted, span);
    }
    if (wanted.element == Kind::none) return id;
  }
  // A vector parameter of any dimension, a row of any table.
  if (have.kind == wanted.kind && have.optional == wanted.optional) {
    if (have.kind == Kind::vector && wanted.size == 0) return id;
    if (have.kind == Kind::row && wanted.name.empty()) return id;
  }
  return kNoExpr;
}

void Expressions::maybe_missing(ExprId id, Span span, std::string_view what) {
  auto& d = context_.diagnostics.error(Code::maybe_missing, span, fmt::format("{} may be missing", what),
                                       fmt::format("this is {}", types::to_text(type(id))));
  const char* fallback = "default";
  switch (type(id).kind) {
    case Kind::boolean:
      fallback = "false";
      break;
    case Kind::integer:
      fallback = "0";
      break;
    case Kind::floating:
      fallback = "0.0";
      break;
    case Kind::string:
      fallback = "\"\"";
      break;
    case Kind::time:
      fallback = "request.now";
      break;
    case Kind::duration:
      fallback = "0s";
      break;
    case Kind::list:
      fallback = "[]";
      break;
    default:
      break;
  }
  d.help.push_back(fmt::format("say what to take then: `{} ?? {}`, or test it first with `is not none`",
                               context_.sources.file(span.file).text.substr(span.begin, span.end - span.begin),
                               fallback));
}

bool Expressions::check_level(ExprId id, Span span, uint8_t levels, std::string_view what, size_t first_leaf) {
  const auto wrong = static_cast<uint8_t>(level(id) & ~(levels | graph::kRequest));
  if (wrong == 0) return true;
  for (size_t i = first_leaf; i < leaves_.size(); ++i) {
    if ((leaves_[i].level & wrong) == 0) continue;
    if ((leaves_[i].level & wrong & graph::kBarrier) != 0) {
      context_.diagnostics
          .error(Code::wrong_level, leaves_[i].span,
                 fmt::format("`{}` looks at all candidates of a step, which {} cannot do", leaves_[i].text, what),
                 "not here")
          .help.emplace_back("bind it with `let` behind `recall`, or use it in a step there");
      return false;
    }
    const char* of = (leaves_[i].level & graph::kCandidate) ? "the candidate" : "an event";
    context_.diagnostics.error(
        Code::wrong_level, leaves_[i].span,
        fmt::format("{} must be the same for the whole request, and `{}` depends on {}", what, leaves_[i].text, of),
        "differs from row to row");
    return false;
  }
  context_.diagnostics.error(Code::wrong_level, span, fmt::format("{} must be the same for the whole request", what),
                             "this depends on the candidate");
  return false;
}

ExprId Expressions::check_at(const syntax::Expr& expr, Scope& scope, uint8_t levels, std::string_view what,
                             const Type* expected) {
  const size_t first_leaf = leaves_.size();
  const ExprId id = check(expr, scope, expected);
  if (id == kNoExpr || !check_level(id, expr.span, levels, what, first_leaf)) return kNoExpr;
  return id;
}

ExprId Expressions::check_as(const syntax::Expr& expr, Scope& scope, const Type& wanted, uint8_t levels,
                             std::string_view what) {
  const ExprId id = check_at(expr, scope, levels, what, &wanted);
  if (id == kNoExpr) return kNoExpr;
  const ExprId converted = convert(id, wanted, expr.span);
  if (converted != kNoExpr) return converted;
  if (type(id).optional && !wanted.optional && types::required(type(id)) == wanted) {
    maybe_missing(id, expr.span, what);
  } else {
    context_.diagnostics.error(
        Code::type_mismatch, expr.span,
        fmt::format("{} must be {}, and this is {}", what, types::to_text(wanted), types::to_text(type(id))),
        fmt::format("{}", types::to_text(type(id))));
  }
  return kNoExpr;
}

ExprId Expressions::check_order(const syntax::Expr& expr, Scope& scope, uint8_t levels, std::string_view what) {
  const ExprId id = check_at(expr, scope, levels, what);
  if (id == kNoExpr) return kNoExpr;
  if (types::is_ordered(type(id))) return id;
  if (type(id).optional && types::is_ordered(types::required(type(id)))) {
    maybe_missing(id, expr.span, what);
  } else {
    context_.diagnostics.error(
        Code::type_mismatch, expr.span,
        fmt::format("{} must be int, float, time or duration, and this is {}", what, types::to_text(type(id))),
        "cannot be ordered by");
  }
  return kNoExpr;
}

ExprId Expressions::check_count(const syntax::Expr& expr, Scope& scope, std::string_view what, int64_t least) {
  const ExprId id = check_as(expr, scope, types::integer(), graph::kRequest, what);
  if (id == kNoExpr) return kNoExpr;
  if (const auto* value = constant(id); value && std::get<int64_t>(*value) < least) {
    context_.diagnostics.error(Code::bad_bounds, expr.span, fmt::format("{} must be at least {}", what, least));
    return kNoExpr;
  }
  return id;
}

ExprId Expressions::check_rows(const syntax::Expr& expr, Scope& scope, size_t table, bool sequences,
                               std::string_view what) {
  const auto& catalog = context_.catalog;
  const std::string& name = catalog.tables[table].name;
  const Type& key = catalog.tables[table].columns[0].type;
  const ExprId id = check_at(expr, scope, graph::kRequest, what);
  if (id == kNoExpr) return kNoExpr;
  const Type have = type(id);
  if (have.kind == Kind::sequence && sequences) {
    const auto& events = catalog.events[catalog.sequences[*catalog.sequence_index(have.name)].events];
    if (events.item_table == name) return id;
    context_.diagnostics.error(
        Code::type_mismatch, expr.span,
        fmt::format("`{}` holds events on {}, and {} needs {}", have.name, events.item_table, what, name));
    return kNoExpr;
  }
  if (have.kind == Kind::list && have.optional) return maybe_missing(id, expr.span, what), kNoExpr;
  if (have.kind == Kind::list && have.element == Kind::row && have.name == name) return id;
  if (have.kind == Kind::list && (have.element == key.kind || have.element == Kind::none)) {
    const ExprId keys = convert(id, types::list(key.kind), expr.span);
    return add({.op = Op::rows_of_keys,
                .type = types::list_of_rows(name),
                .level = graph::kRequest,
                .args = {keys},
                .index2 = static_cast<uint32_t>(table),
                .span = expr.span});
  }
  context_.diagnostics.error(
      Code::type_mismatch, expr.span,
      fmt::format("{} must be {}a list of keys ({}) of {}, and this is {}", what, sequences ? "a sequence or " : "",
                  types::to_text(types::list(key.kind)), name, types::to_text(have)));
  return kNoExpr;
}

ExprId Expressions::check_lambda(const syntax::Expr& expr, Scope& scope, size_t events, const Type& wanted,
                                 std::string_view what) {
  const auto* lambda = std::get_if<syntax::Lambda>(&expr.node);
  if (lambda == nullptr) {
    context_.diagnostics.error(Code::type_mismatch, expr.span, fmt::format("{} is a lambda over events", what),
                               "write it as `e => …`");
    return kNoExpr;
  }
  scope.lambdas.push_back({lambda->parameter.text, events});
  const ExprId body = check_as(*lambda->body, scope, wanted, graph::kRequest | graph::kEvent | graph::kCandidate, what);
  scope.lambdas.pop_back();
  return body;
}

void Expressions::leaf(uint8_t level, Span span) {
  const auto& text = context_.sources.file(span.file).text;
  leaves_.push_back({level, span, text.substr(span.begin, span.end - span.begin)});
}

}  // namespace rec::check
