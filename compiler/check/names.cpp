// Literals and names: what each word of an expression stands for.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/expressions.h"

namespace rec::check {

using graph::Op;
using types::Kind;
using types::Type;

ExprId Expressions::literal(const syntax::Expr& expr, const Type* expected) {
  Type type;
  if (std::holds_alternative<syntax::BoolLiteral>(expr.node)) {
    type = types::boolean();
  } else if (std::holds_alternative<syntax::IntLiteral>(expr.node)) {
    // Where a float is wanted the literal is one, and must be held exactly.
    type = expected && expected->kind == Kind::floating ? types::floating() : types::integer();
  } else if (std::holds_alternative<syntax::FloatLiteral>(expr.node)) {
    type = types::floating();
  } else if (std::holds_alternative<syntax::DurationLiteral>(expr.node)) {
    type = types::duration();
  } else if (std::holds_alternative<syntax::StringLiteral>(expr.node)) {
    type = types::string();
  } else {
    type.kind = Kind::none;
    return add_constant(std::monostate{}, expected && expected->optional ? *expected : type, expr.span);
  }
  types::Value value;
  if (!literal_value(expr, type, context_.diagnostics, value)) return kNoExpr;
  return add_constant(std::move(value), type, expr.span);
}

ExprId Expressions::list_literal(const syntax::Expr& expr, const syntax::ListLiteral& list, const Type* expected) {
  Type type = types::list(Kind::none);
  if (expected && expected->kind == Kind::list && expected->element != Kind::row && expected->element != Kind::none) {
    type = types::required(*expected);
  } else if (!list.items.empty()) {
    bool floats = false;
    for (const auto& item : list.items) {
      const syntax::Expr* e = item.get();
      if (const auto* minus = std::get_if<syntax::Unary>(&e->node); minus && minus->op == syntax::UnaryOp::negate)
        e = minus->operand.get();
      if (std::holds_alternative<syntax::FloatLiteral>(e->node)) floats = true;
      if (std::holds_alternative<syntax::BoolLiteral>(e->node)) type.element = Kind::boolean;
      if (std::holds_alternative<syntax::IntLiteral>(e->node)) type.element = Kind::integer;
      if (std::holds_alternative<syntax::StringLiteral>(e->node)) type.element = Kind::string;
      if (std::holds_alternative<syntax::DurationLiteral>(e->node)) type.element = Kind::duration;
      if (std::holds_alternative<syntax::Call>(e->node)) type.element = Kind::time;
      if (std::holds_alternative<syntax::ErrorExpr>(e->node)) return kNoExpr;
    }
    if (floats) type.element = Kind::floating;
    if (type.element == Kind::none) {
      context_.diagnostics.error(Code::not_a_literal, list.items.front()->span, "a list holds literals only",
                                 "not a literal");
      return kNoExpr;
    }
  }
  if (type.element == Kind::none) return add_constant(std::vector<int64_t>{}, type, expr.span);
  types::Value value;
  if (!literal_value(expr, type, context_.diagnostics, value)) return kNoExpr;
  return add_constant(std::move(value), type, expr.span);
}

const LambdaParameter* Expressions::lambda_of(const syntax::Expr& expr, Scope& scope, bool* outer) {
  const auto* ref = std::get_if<syntax::NameRef>(&expr.node);
  if (ref == nullptr) return nullptr;
  for (size_t i = scope.lambdas.size(); i-- > 0;) {
    if (scope.lambdas[i].name != ref->name) continue;
    *outer = i + 1 < scope.lambdas.size();
    return &scope.lambdas[i];
  }
  return nullptr;
}

ExprId Expressions::name(const syntax::Expr& expr, const syntax::NameRef& ref, Scope& scope, const Type* expected) {
  bool outer = false;
  if (lambda_of(expr, scope, &outer) != nullptr) {
    context_.diagnostics
        .error(Code::type_mismatch, expr.span,
               fmt::format("`{}` is an event, and an event has no value of its own", ref.name),
               "use one of its members")
        .help.push_back(fmt::format("`{0}.time`, `{0}.item` or `{0}.COLUMN`", ref.name));
    return kNoExpr;
  }
  if (const auto it = scope.names.find(ref.name); it != scope.names.end()) {
    if (it->second != kNoExpr && (level(it->second) & graph::kCandidate)) leaf(graph::kCandidate, expr.span);
    return it->second;
  }
  const auto& catalog = context_.catalog;
  if (ref.name == "item" && scope.item_table) {
    leaf(graph::kCandidate, expr.span);
    return add({.op = Op::item_row,
                .type = types::row(catalog.tables[*scope.item_table].name),
                .level = graph::kCandidate,
                .span = expr.span});
  }
  if (ref.name == "user" && scope.user_table) {
    return add({.op = Op::user_row,
                .type = types::row(catalog.tables[*scope.user_table].name),
                .level = graph::kRequest,
                .span = expr.span});
  }
  const auto& declarations = context_.declarations;
  if (expected && expected->kind == Kind::enumeration && expected->names) {
    const auto it = std::ranges::find(*expected->names, ref.name);
    if (it != expected->names->end())
      return add_constant(int64_t{it - expected->names->begin()}, types::required(*expected), expr.span);
  }
  if (const auto it = declarations.parameter_index.find(ref.name); it != declarations.parameter_index.end()) {
    return add({.op = Op::parameter,
                .type = declarations.parameters[it->second].type,
                .level = graph::kRequest,
                .index = it->second,
                .span = expr.span});
  }
  if (declarations.broken_parameters.contains(ref.name) || declarations.lost.contains(ref.name)) return kNoExpr;
  if (ref.name == "user" || ref.name == "item" || (ref.name == "request" && !scope.request)) {
    auto& d = context_.diagnostics.error(Code::unknown_name, expr.span,
                                         fmt::format("`{}` is not in reach here", ref.name), "not in reach");
    if (!scope.hidden_because.empty()) d.help.push_back(scope.hidden_because);
    return kNoExpr;
  }
  if (expected && expected->kind == Kind::enumeration && expected->names) {
    suggest(context_.diagnostics.error(Code::unknown_variant, expr.span,
                                       fmt::format("`{}` is no variant of the enum `{}`", ref.name, expected->name)),
            ref.name, *expected->names, fmt::format("`{}`", expected->name));
    return kNoExpr;
  }
  if (const auto local = scope.local.find(ref.name); local != scope.local.end()) {
    auto& d = context_.diagnostics.error(Code::unknown_name, expr.span,
                                         fmt::format("`{}` is bound on some sides of `when` only", ref.name),
                                         "not bound for every request");
    d.secondary.push_back({local->second.place, "bound here"});
    d.help.push_back(local->second.why + "; bind it on every side");
    return kNoExpr;
  }
  auto& d = context_.diagnostics.error(Code::unknown_name, expr.span, fmt::format("unknown name `{}`", ref.name),
                                       "not a name in reach");
  if (declarations.functions.contains(ref.name) || context_.registry.function(ref.name)) {
    d.help.push_back(fmt::format("`{0}` is a function: call it, `{0}(…)`", ref.name));
    return kNoExpr;
  }
  for (const auto& [owner, table] : {std::pair{"item", scope.item_table}, std::pair{"user", scope.user_table}}) {
    if (table && catalog.tables[*table].column(ref.name)) {
      d.help.push_back(fmt::format("`{0}` is a column: write `{1}.{0}`", ref.name, owner));
      return kNoExpr;
    }
  }
  std::vector<std::string> near{"user", "item", "request"};
  for (const auto& [name, id] : scope.names) near.push_back(name);
  for (const auto& parameter : declarations.parameters) near.push_back(parameter.name);
  if (const auto help = diagnostics::did_you_mean(ref.name, near); !help.empty()) d.help.push_back(help);
  return kNoExpr;
}

}  // namespace rec::check
