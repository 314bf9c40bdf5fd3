// Operators: arithmetic, comparison, logic, membership, missing values and what tests of them prove.
#include <fmt/format.h>

#include "compiler/check/expressions.h"

namespace rec::check {

using graph::Op;
using syntax::BinaryOp;
using types::Kind;
using types::Type;

namespace {

std::string_view spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::logical_or:
      return "or";
    case BinaryOp::logical_and:
      return "and";
    case BinaryOp::equal:
      return "==";
    case BinaryOp::not_equal:
      return "!=";
    case BinaryOp::less:
      return "<";
    case BinaryOp::less_equal:
      return "<=";
    case BinaryOp::greater:
      return ">";
    case BinaryOp::greater_equal:
      return ">=";
    case BinaryOp::in:
      return "in";
    case BinaryOp::not_in:
      return "not in";
    case BinaryOp::add:
      return "+";
    case BinaryOp::subtract:
      return "-";
    case BinaryOp::multiply:
      return "*";
    case BinaryOp::divide:
      return "/";
    case BinaryOp::modulo:
      return "%";
    case BinaryOp::coalesce:
      return "??";
    case BinaryOp::power:
      return "**";
  }
  return "";
}

constexpr uint8_t kAnyLevel = graph::kRequest | graph::kEvent | graph::kCandidate | graph::kBarrier;

}  // namespace

void collect_present(const graph::Exprs& exprs, ExprId condition, bool holds, std::set<ExprId>& present) {
  const auto& node = exprs[condition];
  switch (node.op) {
    case Op::is_missing:
      if (!holds) present.insert(node.args[0]);
      break;
    case Op::logical_not:
      collect_present(exprs, node.args[0], !holds, present);
      break;
    case Op::logical_and:
    case Op::logical_or:
      if ((node.op == Op::logical_and) == holds) {
        for (const ExprId arg : node.args) collect_present(exprs, arg, holds, present);
      }
      break;
    default:
      break;
  }
}

ExprId Expressions::negated(ExprId id, bool negate, Span span) {
  return negate ? add({.op = Op::logical_not, .type = types::boolean(), .args = {id}, .span = span}) : id;
}

bool Expressions::unify(ExprId& a, ExprId& b, Span span) {
  if (const ExprId x = convert(a, type(b), span); x != kNoExpr) return a = x, true;
  if (const ExprId x = convert(b, type(a), span); x != kNoExpr) return b = x, true;
  // int and float? (or the reverse), T and none: both move.
  Type joined = type(b).kind == Kind::none || type(b).kind == Kind::integer ? type(a) : type(b);
  joined.optional = true;
  const ExprId x = convert(a, joined, span), y = convert(b, joined, span);
  if (x == kNoExpr || y == kNoExpr) return false;
  a = x;
  b = y;
  return true;
}

ExprId Expressions::unary(const syntax::Expr& expr, const syntax::Unary& unary, Scope& scope) {
  if (unary.op == syntax::UnaryOp::logical_not) {
    const ExprId id = check_as(*unary.operand, scope, types::boolean(), kAnyLevel, "the operand of `not`");
    return id == kNoExpr ? kNoExpr : negated(id, true, expr.span);
  }
  const auto& operand = unary.operand->node;
  if (std::holds_alternative<syntax::IntLiteral>(operand) || std::holds_alternative<syntax::FloatLiteral>(operand) ||
      std::holds_alternative<syntax::DurationLiteral>(operand)) {
    const Type type = std::holds_alternative<syntax::IntLiteral>(operand)     ? types::integer()
                      : std::holds_alternative<syntax::FloatLiteral>(operand) ? types::floating()
                                                                              : types::duration();
    types::Value value;
    if (!literal_value(expr, type, context_.diagnostics, value)) return kNoExpr;
    return add_constant(std::move(value), type, expr.span);
  }
  const ExprId id = check(*unary.operand, scope);
  if (id == kNoExpr) return kNoExpr;
  const Span spans[] = {unary.operand->span};
  return overloaded(*context_.registry.function("negate"), {id}, spans, expr.span);
}

ExprId Expressions::binary(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope, const Type* expected) {
  switch (binary.op) {
    case BinaryOp::logical_and:
    case BinaryOp::logical_or:
      return logical(expr, binary, scope);
    case BinaryOp::equal:
    case BinaryOp::not_equal:
      return equality(expr, binary, scope);
    case BinaryOp::in:
    case BinaryOp::not_in:
      return membership(expr, binary, scope);
    case BinaryOp::coalesce:
      return coalesce(expr, binary, scope, expected);
    default:
      break;
  }
  const ExprId left = check(*binary.left, scope), right = check(*binary.right, scope);
  if (left == kNoExpr || right == kNoExpr) return kNoExpr;
  const Span spans[] = {binary.left->span, binary.right->span};
  const ExprId id = overloaded(*context_.registry.function(spelling(binary.op)), {left, right}, spans, expr.span);
  if (id != kNoExpr && binary.op == BinaryOp::modulo) return plain_division(id);
  return id;
}

ExprId Expressions::logical(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope) {
  const bool conjunction = binary.op == BinaryOp::logical_and;
  const std::string what = fmt::format("an operand of `{}`", spelling(binary.op));
  const ExprId left = check_as(*binary.left, scope, types::boolean(), kAnyLevel, what);
  const auto before = scope.present;
  if (left != kNoExpr) collect_present(plan_.exprs, left, conjunction, scope.present);
  const ExprId right = check_as(*binary.right, scope, types::boolean(), kAnyLevel, what);
  scope.present = before;
  if (left == kNoExpr || right == kNoExpr) return kNoExpr;
  return add({.op = conjunction ? Op::logical_and : Op::logical_or,
              .type = types::boolean(),
              .args = {left, right},
              .span = expr.span});
}

ExprId Expressions::equality(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope) {
  // `x == none` is a habit from elsewhere.
  for (const auto* side : {&binary.left, &binary.right}) {
    if (!std::holds_alternative<syntax::NoneLiteral>((*side)->node)) continue;
    context_.diagnostics.error(Code::type_mismatch, expr.span,
                               "a value is tested for being missing with `is none` or `is not none`",
                               binary.op == BinaryOp::equal ? "write `is none`" : "write `is not none`");
    return kNoExpr;
  }
  // A bare variant is resolved opposite an operand of its enum.
  const bool right_first = std::holds_alternative<syntax::NameRef>(binary.left->node) &&
                           !std::holds_alternative<syntax::NameRef>(binary.right->node);
  const auto& first = right_first ? *binary.right : *binary.left;
  const auto& second = right_first ? *binary.left : *binary.right;
  const auto is_variant = [&](const syntax::Expr& e) {
    const auto* ref = std::get_if<syntax::NameRef>(&e.node);
    return ref && !scope.names.contains(ref->name) && !context_.declarations.parameter_index.contains(ref->name);
  };
  ExprId a, b;
  if (is_variant(first) && !is_variant(second)) {
    b = check(second, scope);
    a = b == kNoExpr ? kNoExpr : check(first, scope, &plan_.exprs[b].type);
  } else {
    a = check(first, scope);
    if (a == kNoExpr) return kNoExpr;
    const Type hint = type(a);
    b = check(second, scope, hint.kind == Kind::enumeration ? &hint : nullptr);
  }
  if (a == kNoExpr || b == kNoExpr) return kNoExpr;
  if (right_first) std::swap(a, b);
  const Kind kind = type(a).kind;
  if (type(a) == type(b) &&
      (kind == Kind::vector || kind == Kind::list || kind == Kind::sequence || kind == Kind::record)) {
    context_.diagnostics
        .error(Code::not_comparable, expr.span,
               fmt::format("values of type {} cannot be compared", types::to_text(type(a))))
        .help.emplace_back("for lists there is `overlaps` and `in`, for vectors `cosine` and `dot`");
    return kNoExpr;
  }
  if (kind == Kind::enumeration && type(a) == type(b)) {
    return same_variant(a, b, binary.op == BinaryOp::not_equal, expr.span);
  }
  const Span spans[] = {binary.left->span, binary.right->span};
  return overloaded(*context_.registry.function(spelling(binary.op)), {a, b}, spans, expr.span);
}

ExprId Expressions::same_variant(ExprId a, ExprId b, bool negate, Span span) {
  // Variants compare by their codes, as strings do.
  const auto* def = context_.registry.function(negate ? "!=" : "==");
  for (const auto& overload : std::get<operators::FunctionDef>(def->what).overloads) {
    if (overload.parameters[0].kind != Kind::string) continue;
    return add(
        {.op = Op::call, .type = types::boolean(), .args = {a, b}, .def = def, .overload = &overload, .span = span});
  }
  return kNoExpr;
}

ExprId Expressions::coalesce(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope,
                             const Type* expected) {
  const ExprId left = check(*binary.left, scope);
  if (left == kNoExpr) return kNoExpr;
  const Type hint = types::required(type(left));
  ExprId right = check(*binary.right, scope, expected && type(left).kind == Kind::none ? expected : &hint);
  if (right == kNoExpr) return kNoExpr;
  if (!type(left).optional && type(left).kind != Kind::none) {
    context_.diagnostics.warning(
        Code::never_missing, binary.op_span,
        fmt::format("the left side of `??` is {}, which is never missing", types::to_text(type(left))),
        "its default is never taken");
    return left;
  }
  ExprId value = left;
  // The default decides whether the result may still be missing.
  const bool optional = type(right).optional || type(right).kind == Kind::none;
  ExprId fallback = optional ? right : convert(right, types::optional(type(right)), binary.right->span);
  if (!unify(value, fallback, expr.span)) {
    context_.diagnostics.error(
        Code::type_mismatch, binary.right->span,
        fmt::format("the default is {}, and the value is {}", types::to_text(type(right)), types::to_text(type(left))),
        "must be of the same type");
    return kNoExpr;
  }
  const Type result = optional ? type(value) : types::required(type(value));
  if (!optional) fallback = convert(right, result, binary.right->span);
  return add({.op = Op::coalesce, .type = result, .args = {value, fallback}, .span = expr.span});
}

ExprId Expressions::membership(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope) {
  const bool negate = binary.op == BinaryOp::not_in;
  const ExprId value = check(*binary.left, scope);
  if (value == kNoExpr) return kNoExpr;
  const Type have = type(value);
  if (have.optional) return maybe_missing(value, binary.left->span, "the left side of `in`"), kNoExpr;
  if (have.kind == Kind::enumeration) {
    if (const auto* list = std::get_if<syntax::ListLiteral>(&binary.right->node)) {
      ExprId any = kNoExpr;
      for (const auto& item : list->items) {
        const ExprId variant = check(*item, scope, &have);
        if (variant == kNoExpr) return kNoExpr;
        const ExprId same = same_variant(value, variant, false, expr.span);
        any = any == kNoExpr
                  ? same
                  : add({.op = Op::logical_or, .type = types::boolean(), .args = {any, same}, .span = expr.span});
      }
      return any == kNoExpr ? add_constant(negate, types::boolean(), expr.span) : negated(any, negate, expr.span);
    }
  }
  if (have.kind == Kind::row) {
    const auto table = context_.catalog.table_index(have.name);
    const ExprId rows = check_rows(*binary.right, scope, *table, true, "the right side of `in`");
    if (rows == kNoExpr) return kNoExpr;
    const Op op = type(rows).kind == Kind::sequence ? Op::in_sequence : Op::in_list;
    return negated(add({.op = op, .type = types::boolean(), .args = {value, rows}, .span = expr.span}), negate,
                   expr.span);
  }
  const Type wanted = types::list(have.kind);
  ExprId list = check(*binary.right, scope, &wanted);
  if (list == kNoExpr) return kNoExpr;
  if (type(list).optional) return maybe_missing(list, binary.right->span, "the right side of `in`"), kNoExpr;
  if (type(list).kind == Kind::list && have.kind == Kind::integer && type(list).element == Kind::floating) {
    context_.diagnostics.error(Code::type_mismatch, binary.left->span, "this is int, and the list holds floats", "int")
        .help.emplace_back("convert it: `float(…) in …`");
    return kNoExpr;
  }
  list = type(list).kind == Kind::list ? convert(list, wanted, binary.right->span) : kNoExpr;
  if (list == kNoExpr) {
    context_.diagnostics.error(Code::type_mismatch, binary.right->span,
                               fmt::format("`in` needs a list of {} here", types::to_text(have)),
                               fmt::format("not {}", types::to_text(wanted)));
    return kNoExpr;
  }
  return negated(add({.op = Op::in_list, .type = types::boolean(), .args = {value, list}, .span = expr.span}), negate,
                 expr.span);
}

ExprId Expressions::in_range(const syntax::Expr& expr, const syntax::InRange& range, Scope& scope) {
  const ExprId value = check(*range.value, scope), low = check(*range.low, scope), high = check(*range.high, scope);
  if (value == kNoExpr || low == kNoExpr || high == kNoExpr) return kNoExpr;
  const auto* less_equal = context_.registry.function("<=");
  const Span from[] = {range.low->span, range.value->span}, to[] = {range.value->span, range.high->span};
  const ExprId above = overloaded(*less_equal, {low, value}, from, expr.span);
  if (above == kNoExpr) return kNoExpr;
  const ExprId below = overloaded(*less_equal, {value, high}, to, expr.span);
  if (below == kNoExpr) return kNoExpr;
  return negated(add({.op = Op::logical_and, .type = types::boolean(), .args = {above, below}, .span = expr.span}),
                 range.negated, expr.span);
}

ExprId Expressions::is_none(const syntax::Expr& expr, const syntax::IsNone& test, Scope& scope) {
  // What is already known to be there is looked at as it is stored, so that a second test is no error.
  const auto before = std::exchange(scope.present, {});
  const ExprId id = check(*test.value, scope);
  scope.present = before;
  if (id == kNoExpr) return kNoExpr;
  if (!type(id).optional) {
    context_.diagnostics.warning(Code::never_missing, test.value->span,
                                 fmt::format("this is {}, which is never missing", types::to_text(type(id))),
                                 test.negated ? "always true" : "always false");
    return add_constant(test.negated, types::boolean(), expr.span);
  }
  return negated(add({.op = Op::is_missing, .type = types::boolean(), .args = {id}, .span = expr.span}), test.negated,
                 expr.span);
}

ExprId Expressions::choose(const syntax::Expr& expr, const syntax::If& conditional, Scope& scope,
                           const Type* expected) {
  const ExprId condition =
      check_as(*conditional.condition, scope, types::boolean(), kAnyLevel, "the condition of `if`");
  const auto before = scope.present;
  if (condition != kNoExpr) collect_present(plan_.exprs, condition, true, scope.present);
  ExprId a = check(*conditional.then_value, scope, expected);
  scope.present = before;
  if (condition != kNoExpr) collect_present(plan_.exprs, condition, false, scope.present);
  ExprId b = check(*conditional.else_value, scope, expected);
  scope.present = before;
  if (condition == kNoExpr || a == kNoExpr || b == kNoExpr) return kNoExpr;
  if (!unify(a, b, expr.span)) {
    auto& d = context_.diagnostics.error(Code::type_mismatch, conditional.else_value->span,
                                         fmt::format("the two sides of `if` have no type in common: {} and {}",
                                                     types::to_text(type(a)), types::to_text(type(b))),
                                         types::to_text(type(b)));
    d.secondary.push_back({conditional.then_value->span, types::to_text(type(a))});
    return kNoExpr;
  }
  if (type(a).kind == Kind::sequence || type(a).kind == Kind::record || type(a).kind == Kind::none) {
    context_.diagnostics.error(Code::type_mismatch, expr.span,
                               fmt::format("`if` cannot choose between values of type {}", types::to_text(type(a))));
    return kNoExpr;
  }
  return add({.op = Op::choose, .type = type(a), .args = {condition, a, b}, .span = expr.span});
}

ExprId Expressions::index(const syntax::Expr& expr, const syntax::Index& index, Scope& scope) {
  const ExprId list = check(*index.base, scope);
  const ExprId at = check_as(*index.index, scope, types::integer(), kAnyLevel, "an index");
  if (list == kNoExpr || at == kNoExpr) return kNoExpr;
  if (type(list).optional) return maybe_missing(list, index.base->span, "the list"), kNoExpr;
  if (type(list).kind != Kind::list) {
    context_.diagnostics.error(Code::type_mismatch, index.base->span,
                               fmt::format("only lists have elements, and this is {}", types::to_text(type(list))));
    return kNoExpr;
  }
  return add({.op = Op::element,
              .type = types::optional(types::element_of(type(list))),
              .args = {list, at},
              .span = expr.span});
}

}  // namespace rec::check
