// Expressions as text: canonical spacing, and only the parentheses that are needed.
#include <fmt/format.h>

#include "compiler/syntax/literals.h"
#include "compiler/syntax/parse.h"
#include "compiler/types/text.h"

namespace rec::syntax {
namespace {

// How tightly an expression holds together; the grammar's levels, loosest first.
enum Level { kIf, kOr, kAnd, kNot, kComparison, kSum, kProduct, kCoalesce, kUnary, kPower, kPostfix };

struct Sign {
  std::string_view text;
  Level level, left, right;  // the operator's own level, and what its operands need
};

Sign sign_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::logical_or:
      return {"or", kOr, kOr, kAnd};
    case BinaryOp::logical_and:
      return {"and", kAnd, kAnd, kNot};
    case BinaryOp::equal:
      return {"==", kComparison, kSum, kSum};
    case BinaryOp::not_equal:
      return {"!=", kComparison, kSum, kSum};
    case BinaryOp::less:
      return {"<", kComparison, kSum, kSum};
    case BinaryOp::less_equal:
      return {"<=", kComparison, kSum, kSum};
    case BinaryOp::greater:
      return {">", kComparison, kSum, kSum};
    case BinaryOp::greater_equal:
      return {">=", kComparison, kSum, kSum};
    case BinaryOp::in:
      return {"in", kComparison, kSum, kSum};
    case BinaryOp::not_in:
      return {"not in", kComparison, kSum, kSum};
    case BinaryOp::add:
      return {"+", kSum, kSum, kProduct};
    case BinaryOp::subtract:
      return {"-", kSum, kSum, kProduct};
    case BinaryOp::multiply:
      return {"*", kProduct, kProduct, kCoalesce};
    case BinaryOp::divide:
      return {"/", kProduct, kProduct, kCoalesce};
    case BinaryOp::modulo:
      return {"%", kProduct, kProduct, kCoalesce};
    case BinaryOp::coalesce:
      return {"??", kCoalesce, kUnary, kCoalesce};
    case BinaryOp::power:
      return {"**", kPower, kPostfix, kUnary};
  }
  return {};
}

class Printer {
 public:
  // `need`: the loosest level that may stand here bare. `followed`: arithmetic comes right after, so no bare `??` may
  // end here.
  void print(const Expr& expr, Level need, bool followed) {
    const bool bare = level(expr) >= need && !(followed && is_coalesce(expr));
    if (!bare) out_ += '(';
    followed_ = bare && followed;
    std::visit(*this, expr.node);
    if (!bare) out_ += ')';
  }
  std::string take() { return std::move(out_); }

  void operator()(const BoolLiteral& e) { out_ += e.value ? "true" : "false"; }
  void operator()(const IntLiteral& e) { out_ += std::to_string(e.magnitude); }
  void operator()(const FloatLiteral& e) { out_ += e.text.empty() ? types::format_double(e.value) : e.text; }
  void operator()(const DurationLiteral& e) { out_ += types::format_duration(e.microseconds); }
  void operator()(const StringLiteral& e) { out_ += quote_string(e.value); }
  void operator()(const NoneLiteral&) { out_ += "none"; }
  void operator()(const ErrorExpr&) { out_ += "…"; }
  void operator()(const NameRef& e) { out_ += e.name; }
  void operator()(const ListLiteral& e) {
    out_ += '[';
    for (size_t i = 0; i < e.items.size(); ++i) {
      if (i > 0) out_ += ", ";
      print(*e.items[i], kIf, false);
    }
    out_ += ']';
  }
  void operator()(const Member& e) {
    print(*e.base, kPostfix, false);
    out_ += '.';
    out_ += e.member.text;
  }
  void operator()(const Index& e) {
    print(*e.base, kPostfix, false);
    out_ += '[';
    print(*e.index, kIf, false);
    out_ += ']';
  }
  void operator()(const Call& e) {
    print(*e.callee, kPostfix, false);
    out_ += '(';
    for (size_t i = 0; i < e.arguments.size(); ++i) {
      if (i > 0) out_ += ", ";
      if (e.arguments[i].name) out_ += e.arguments[i].name->text + ": ";
      print(*e.arguments[i].value, kIf, false);
    }
    out_ += ')';
  }
  void operator()(const Lambda& e) {
    out_ += e.parameter.text + " => ";
    print(*e.body, kIf, false);
  }
  void operator()(const Unary& e) {
    const bool followed = followed_;
    const bool minus = e.op == UnaryOp::negate;
    out_ += minus ? "-" : "not ";
    print(*e.operand, minus ? kUnary : kNot, followed);
  }
  void operator()(const Binary& e) {
    const bool followed = followed_;
    const Sign sign = sign_of(e.op);
    const bool arithmetic = sign.level == kSum || sign.level == kProduct;
    print(*e.left, sign.left, arithmetic);
    out_ += fmt::format(" {} ", sign.text);
    print(*e.right, sign.right, followed);
  }
  void operator()(const InRange& e) {
    print(*e.value, kSum, false);
    out_ += e.negated ? " not in " : " in ";
    print(*e.low, kSum, false);
    out_ += " .. ";
    print(*e.high, kSum, false);
  }
  void operator()(const IsNone& e) {
    print(*e.value, kSum, false);
    out_ += e.negated ? " is not none" : " is none";
  }
  void operator()(const If& e) {
    out_ += "if ";
    print(*e.condition, kIf, false);
    out_ += " then ";
    print(*e.then_value, kIf, false);
    out_ += " else ";
    print(*e.else_value, kIf, false);
  }

 private:
  static bool is_coalesce(const Expr& expr) {
    const auto* binary = std::get_if<Binary>(&expr.node);
    return binary != nullptr && binary->op == BinaryOp::coalesce;
  }
  static Level level(const Expr& expr) {
    if (const auto* binary = std::get_if<Binary>(&expr.node)) return sign_of(binary->op).level;
    if (const auto* unary = std::get_if<Unary>(&expr.node)) return unary->op == UnaryOp::negate ? kUnary : kNot;
    if (std::holds_alternative<InRange>(expr.node) || std::holds_alternative<IsNone>(expr.node)) return kComparison;
    return std::holds_alternative<If>(expr.node) ? kIf : kPostfix;
  }

  std::string out_;
  bool followed_ = false;
};

}  // namespace

std::string print(const Expr& expr) {
  Printer printer;
  printer.print(expr, kIf, false);
  return printer.take();
}

}  // namespace rec::syntax
