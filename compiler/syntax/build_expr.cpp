// Building expressions: the grammar's levels collapse into one node an operator.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "compiler/syntax/build.h"
#include "compiler/syntax/literals.h"
#include "compiler/types/text.h"

namespace rec::syntax {
namespace {

using diagnostics::Code;

BinaryOp binary_op(size_t type) {
  switch (type) {
    case RecLexer::EQ:
      return BinaryOp::equal;
    case RecLexer::NE:
      return BinaryOp::not_equal;
    case RecLexer::LT:
      return BinaryOp::less;
    case RecLexer::LE:
      return BinaryOp::less_equal;
    case RecLexer::GT:
      return BinaryOp::greater;
    case RecLexer::GE:
      return BinaryOp::greater_equal;
    case RecLexer::PLUS:
      return BinaryOp::add;
    case RecLexer::MINUS:
      return BinaryOp::subtract;
    case RecLexer::STAR:
      return BinaryOp::multiply;
    case RecLexer::SLASH:
      return BinaryOp::divide;
    default:
      return BinaryOp::modulo;
  }
}

antlr4::tree::TerminalNode* terminal(antlr4::tree::ParseTree* tree) {
  return dynamic_cast<antlr4::tree::TerminalNode*>(tree);
}

// What other languages call `true`, `false` and `none`.
std::string_view right_literal(std::string_view text) {
  static const std::map<std::string_view, std::string_view> kLiterals = {
      {"True", "true"}, {"TRUE", "true"},      {"False", "false"}, {"FALSE", "false"},
      {"None", "none"}, {"NONE", "none"},      {"null", "none"},   {"NULL", "none"},
      {"nil", "none"},  {"undefined", "none"}, {"Null", "none"},   {"nullptr", "none"}};
  const auto found = kLiterals.find(text);
  return found == kLiterals.end() ? std::string_view{} : found->second;
}

}  // namespace

ExprPtr Builder::expression(RecParser::LoneExprContext* tree) {
  return expr(tree->expr());
}

Builder::Built Builder::make(Span where, decltype(Expr::node) node, int depth) {
  if (depth > kMaxExpressionDepth) {
    const bool known = too_long_.valid() && where.begin < too_long_.end && too_long_.begin < where.end;
    too_long_ = known ? join(too_long_, where) : where;
    if (known) return error_expr(where);  // the rest of the same expression
    diagnostics_
        .error(Code::expression_too_long, where,
               fmt::format("this expression is more than {} operations deep", kMaxExpressionDepth), "too long")
        .help.push_back("split it with `let`");
    return error_expr(where);
  }
  auto out = std::make_unique<Expr>();
  out->span = where;
  out->node = std::move(node);
  return {std::move(out), depth};
}

Builder::Built Builder::error_expr(Span where) {
  return make(where, ErrorExpr{}, 1);
}

Builder::Built Builder::binary(BinaryOp op, Node* sign, Built left, Built right) {
  const int depth = std::max(left.depth, right.depth) + 1;
  const Span where = join(left.expr->span, right.expr->span);
  return make(where, Binary{op, span(sign), std::move(left.expr), std::move(right.expr)}, depth);
}

Builder::Built Builder::any(RecParser::ExprContext* tree) {
  if (auto* plain = tree->disjunction()) return disjunction(plain);
  Built condition = any(tree->expr(0));
  Built then_value = any(tree->expr(1));
  Built else_value = any(tree->expr(2));
  const int depth = std::max({condition.depth, then_value.depth, else_value.depth}) + 1;
  return make(span(tree), If{std::move(condition.expr), std::move(then_value.expr), std::move(else_value.expr)}, depth);
}

Builder::Built Builder::disjunction(RecParser::DisjunctionContext* tree) {
  const auto parts = tree->conjunction();
  Built left = conjunction(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    left = binary(BinaryOp::logical_or, terminal(tree->children[2 * i - 1]), std::move(left), conjunction(parts[i]));
  }
  return left;
}

Builder::Built Builder::conjunction(RecParser::ConjunctionContext* tree) {
  const auto parts = tree->negation();
  Built left = negation(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    left = binary(BinaryOp::logical_and, terminal(tree->children[2 * i - 1]), std::move(left), negation(parts[i]));
  }
  return left;
}

Builder::Built Builder::negation(RecParser::NegationContext* tree) {
  if (auto* plain = tree->comparison()) return comparison(plain);
  Built operand = negation(tree->negation());
  return make(span(tree), Unary{UnaryOp::logical_not, std::move(operand.expr)}, operand.depth + 1);
}

Builder::Built Builder::comparison(RecParser::ComparisonContext* tree) {
  const auto tails = tree->comparisonTail();
  Built left = sum(tree->additive());
  if (tails.empty()) return left;
  Built first = compare(std::move(left), tails[0]);
  if (tails.size() == 1) return first;
  auto& error = diagnostics_.error(Code::chained_comparison, list_.span(tails[1]->start->getTokenIndex()),
                                   "comparisons do not chain", "a second comparison");
  error.secondary.push_back({list_.span(tails[0]->start->getTokenIndex()), "the first one"});
  error.help.push_back("join two comparisons with `and`: `a < b and b < c`; or write `b in a .. c`");
  return error_expr(span(tree));
}

Builder::Built Builder::compare(Built left, RecParser::ComparisonTailContext* tail) {
  const bool negated = tail->NOT() != nullptr;
  const Span where = join(left.expr->span, span(tail));
  if (tail->IS()) return make(where, IsNone{negated, std::move(left.expr)}, left.depth + 1);
  Built right = sum(tail->additive(0));
  if (tail->RANGE()) {
    Built high = sum(tail->additive(1));
    const int depth = std::max({left.depth, right.depth, high.depth}) + 1;
    return make(where, InRange{negated, std::move(left.expr), std::move(right.expr), std::move(high.expr)}, depth);
  }
  if (tail->IN()) {
    const Span sign = negated ? join(span(tail->NOT()), span(tail->IN())) : span(tail->IN());
    const int depth = std::max(left.depth, right.depth) + 1;
    const auto op = negated ? BinaryOp::not_in : BinaryOp::in;
    return make(where, Binary{op, sign, std::move(left.expr), std::move(right.expr)}, depth);
  }
  Node* sign = terminal(tail->children[0]);
  return binary(binary_op(sign->getSymbol()->getType()), sign, std::move(left), std::move(right));
}

// `x ?? 0 + 1`: people read the default as `0 + 1`.
void Builder::check_default(RecParser::CoalesceContext* before, Node* sign) {
  if (before->unary().size() < 2) return;
  const Span where = span(before);
  const auto text = std::string_view(list_.source->text).substr(where.begin, where.end - where.begin);
  auto& error = diagnostics_.error(Code::default_needs_parentheses, span(sign),
                                   fmt::format("`{}` right after the default of a `??`", list_.text(index(sign))),
                                   "belongs to the default, or to all of it?");
  error.secondary.push_back({where, "`??` binds tighter than arithmetic"});
  error.help.push_back(text.size() <= 60 && text.find('\n') == std::string_view::npos
                           ? fmt::format("say which with parentheses: `({}) {} …`", text, list_.text(index(sign)))
                           : fmt::format("say which with parentheses: `(a ?? b) {} …`", list_.text(index(sign))));
}

Builder::Built Builder::sum(RecParser::AdditiveContext* tree) {
  const auto parts = tree->multiplicative();
  Built left = product(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    Node* sign = terminal(tree->children[2 * i - 1]);
    check_default(parts[i - 1]->coalesce().back(), sign);
    left = binary(binary_op(sign->getSymbol()->getType()), sign, std::move(left), product(parts[i]));
  }
  return left;
}

Builder::Built Builder::product(RecParser::MultiplicativeContext* tree) {
  const auto parts = tree->coalesce();
  Built left = coalesce(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    Node* sign = terminal(tree->children[2 * i - 1]);
    check_default(parts[i - 1], sign);
    left = binary(binary_op(sign->getSymbol()->getType()), sign, std::move(left), coalesce(parts[i]));
  }
  return left;
}

// Right-associative: a ?? b ?? c is a ?? (b ?? c).
Builder::Built Builder::coalesce(RecParser::CoalesceContext* tree) {
  const auto parts = tree->unary();
  Built right = unary(parts.back());
  for (size_t i = parts.size() - 1; i > 0; --i) {
    right = binary(BinaryOp::coalesce, terminal(tree->children[2 * i - 1]), unary(parts[i - 1]), std::move(right));
  }
  return right;
}

Builder::Built Builder::unary(RecParser::UnaryContext* tree) {
  if (auto* plain = tree->power()) return power(plain);
  Built operand = unary(tree->unary());
  return make(span(tree), Unary{UnaryOp::negate, std::move(operand.expr)}, operand.depth + 1);
}

Builder::Built Builder::power(RecParser::PowerContext* tree) {
  Built base = postfix(tree->postfix());
  if (!tree->POWER()) return base;
  return binary(BinaryOp::power, tree->POWER(), std::move(base), unary(tree->unary()));
}

Builder::Built Builder::postfix(RecParser::PostfixContext* tree) {
  const auto trailers = tree->trailer();
  Built out = primary(tree->primary());
  for (auto* each : trailers) out = trailer(std::move(out), each);
  return out;
}

Builder::Built Builder::trailer(Built base, RecParser::TrailerContext* tree) {
  const Span where = join(base.expr->span, span(tree));
  if (tree->name()) return make(where, Member{std::move(base.expr), name(tree->name())}, base.depth + 1);
  if (tree->expr()) {
    Built place = any(tree->expr());
    const int depth = std::max(base.depth, place.depth) + 1;
    return make(where, Index{std::move(base.expr), std::move(place.expr)}, depth);
  }
  int depth = base.depth;
  auto args = arguments(tree->arguments(), &depth);
  const auto& callee = base.expr->node;
  if (std::holds_alternative<ErrorExpr>(callee)) return error_expr(where);
  if (base.expr->parenthesised ||
      (!std::holds_alternative<NameRef>(callee) && !std::holds_alternative<Member>(callee))) {
    diagnostics_.error(Code::not_callable, base.expr->span, "only a name can be called", "not a function's name");
    return error_expr(where);
  }
  return make(where, Call{std::move(base.expr), std::move(args)}, depth + 1);
}

std::vector<Argument> Builder::arguments(RecParser::ArgumentsContext* tree, int* depth) {
  std::vector<Argument> out;
  if (tree == nullptr) return out;
  for (auto* each : tree->argument()) {
    Argument argument;
    if (each->name()) argument.name = name(each->name());
    Built value;
    if (auto* lambda = each->lambda()) {
      Built body = any(lambda->expr());
      value = make(span(lambda), Lambda{name(lambda->name()), std::move(body.expr)}, body.depth + 1);
    } else {
      value = any(each->expr());
    }
    if (depth != nullptr) *depth = std::max(*depth, value.depth);
    argument.value = std::move(value.expr);
    out.push_back(std::move(argument));
  }
  return out;
}

Builder::Built Builder::primary(RecParser::PrimaryContext* tree) {
  if (tree->name()) return name_ref(tree->name());
  if (tree->OPEN_BRACKET()) return list_literal(tree);
  if (!tree->OPEN_PAREN()) return literal(terminal(tree->children[0]));
  Built inner = any(tree->expr(0));
  inner.expr->parenthesised = true;
  inner.expr->span = span(tree);
  return inner;
}

Builder::Built Builder::list_literal(RecParser::PrimaryContext* tree) {
  ListLiteral list;
  int depth = 0;
  for (auto* each : tree->expr()) {
    Built item = any(each);
    depth = std::max(depth, item.depth);
    list.items.push_back(std::move(item.expr));
  }
  return make(span(tree), std::move(list), depth + 1);
}

Builder::Built Builder::name_ref(RecParser::NameContext* tree) {
  const Name written = name(tree);
  if (list_.tokens[tree->start->getTokenIndex()].bad) return error_expr(written.span);
  const auto right = right_literal(written.text);
  if (right.empty() || declares(written.text)) return make(written.span, NameRef{written.text}, 1);
  diagnostics_
      .error(Code::foreign_literal, written.span, fmt::format("`{}` is no literal of the language", written.text),
             "unknown")
      .help.push_back(fmt::format("write `{}`", right));
  return error_expr(written.span);
}

Builder::Built Builder::literal(Node* node) {
  const size_t token = index(node);
  const Span where = list_.span(token);
  if (list_.tokens[token].bad) return error_expr(where);
  switch (node->getSymbol()->getType()) {
    case RecLexer::TRUE:
      return make(where, BoolLiteral{true}, 1);
    case RecLexer::FALSE:
      return make(where, BoolLiteral{false}, 1);
    case RecLexer::NONE:
      return make(where, NoneLiteral{}, 1);
    case RecLexer::STRING:
      return string_literal(node);
    default:
      return number(token);
  }
}

Builder::Built Builder::string_literal(Node* node) {
  const Span where = span(node);
  DecodedString decoded = decode_string(list_.text(index(node)));
  for (const BadEscape& bad : decoded.bad) {
    const Span place{where.file, where.begin + static_cast<uint32_t>(bad.begin),
                     where.begin + static_cast<uint32_t>(bad.end)};
    const auto text = std::string_view(list_.source->text).substr(place.begin, place.end - place.begin);
    diagnostics_.error(Code::bad_escape, place, fmt::format("unknown escape `{}` in a string", text), "means nothing")
        .help.push_back("the escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{1F600}`; a backslash itself is `\\\\`");
  }
  if (!decoded.bad.empty()) return error_expr(where);
  return make(where, StringLiteral{std::move(decoded.value)}, 1);
}

Builder::Built Builder::number(size_t token) {
  const Span where = list_.span(token);
  const std::string text = strip_underscores(list_.text(token));
  constexpr uint64_t kLargest = uint64_t{1} << 63;
  const auto too_large = [&](std::string_view rule) {
    diagnostics_
        .error(Code::number_too_large, where, fmt::format("`{}` is too large", list_.text(token)), "does not fit")
        .notes.emplace_back(rule);
    return error_expr(where);
  };
  if (list_.tokens[token].type == RecLexer::INT) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value > kLargest) return too_large("the largest int is 9223372036854775807");
    return make(where, IntLiteral{value}, 1);
  }
  if (list_.tokens[token].type == RecLexer::FLOAT) {
    const auto value = types::parse_double(text);
    if (!value) return too_large("the largest float is 3.4028235e+38");
    return make(where, FloatLiteral{*value, text}, 1);
  }
  const auto value = types::parse_duration(text);
  if (!value) return too_large("the longest duration is 106751991d");
  return make(where, DurationLiteral{*value}, 1);
}

// Whether the file binds the name somewhere: then it is a name, whatever it looks like.
bool Builder::declares(std::string_view wanted) {
  if (!declared_known_) {
    declared_known_ = true;
    const auto& tokens = list_.tokens;
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      const size_t next = tokens[i + 1].type;
      if (tokens[i].type != RecLexer::ID) continue;
      const bool binds = next == RecLexer::ASSIGN || next == RecLexer::COLON || next == RecLexer::ARROW;
      if (binds) declared_.emplace(list_.text(i));
    }
  }
  return declared_.contains(wanted);
}

}  // namespace rec::syntax
