// Identities of arithmetic, of logic and of missing values. x + 0.0 is not x, since -0.0 + 0.0 is 0.0: a zero goes only
// where x is known never to be -0.0. 0.0 * x is no zero for infinities and NaN, and has the sign of x: it goes only
// where x is known to be finite, and into a sum, where the sign of zero cannot show.
#include "compiler/passes/identities.h"

#include <cmath>

#include "compiler/passes/rewrite.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::kNoExpr;
using graph::Node;
using graph::Op;
using types::Kind;

class Simplifier {
 public:
  Simplifier(graph::Exprs& made, const Node& node, Ranges& ranges) : made_(made), node_(node), ranges_(ranges) {}

  ExprId find() {
    const ExprId out = simpler();
    // The same type, so that nothing that reads the value sees a difference.
    return out != kNoExpr && made_[out].type == node_.type ? out : kNoExpr;
  }

 private:
  ExprId arg(size_t i) const { return node_.args[i]; }
  const Node& operand(size_t i) const { return made_[arg(i)]; }
  bool is(size_t i, const types::Value& value) const { return is_constant(operand(i), value); }
  Range range(size_t i) { return ranges_.of(made_, arg(i)); }
  ExprId constant(types::Value value) {
    return made_.add({.op = Op::constant, .type = node_.type, .value = std::move(value), .span = node_.span});
  }

  ExprId simpler() {
    switch (node_.op) {
      case Op::call:
        return node_.args.size() == 2 ? of_two() : node_.args.size() == 1 ? of_one() : kNoExpr;
      case Op::logical_and:
        return connective(true);
      case Op::logical_or:
        return connective(false);
      case Op::logical_not:
        return operand(0).op == Op::logical_not ? operand(0).args[0] : kNoExpr;
      case Op::choose:
        if (is(0, true) || arg(1) == arg(2)) return arg(1);
        return is(0, false) ? arg(2) : kNoExpr;
      case Op::coalesce:
        if (operand(0).op == Op::make_optional) return operand(0).args[0];
        return operand(0).op == Op::constant && is(0, std::monostate{}) ? arg(1) : kNoExpr;
      case Op::is_missing:
        return operand(0).op == Op::make_optional ? constant(false) : kNoExpr;
      case Op::assume_present:
        return operand(0).op == Op::make_optional ? operand(0).args[0] : kNoExpr;
      case Op::sequence_where:
        return is(1, true) ? arg(0) : kNoExpr;
      default:
        return kNoExpr;
    }
  }

  /// `and` (unit true) and `or` (unit false). Looking at an operand does nothing, so it may go.
  ExprId connective(bool unit) {
    if (is(0, unit) || arg(0) == arg(1)) return arg(1);
    if (is(1, unit)) return arg(0);
    return is(0, !unit) ? arg(0) : is(1, !unit) ? arg(1) : kNoExpr;
  }

  ExprId of_one() {
    const bool exact = node_.type.kind == Kind::integer || node_.type.kind == Kind::floating;
    const bool twice = node_.def->name == "negate" && operand(0).op == Op::call && operand(0).def == node_.def;
    return exact && twice ? operand(0).args[0] : kNoExpr;
  }

  ExprId of_two() {
    const std::string& name = node_.def->name;
    if (name == "*") return product();
    if (name == "+") return sum();
    if (name == "-") return difference();
    if (name == "/" && is(1, 1.0F)) return arg(0);
    return kNoExpr;
  }

  bool is_one(size_t i) const { return is(i, int64_t{1}) || is(i, 1.0F); }
  /// A zero that adds nothing to an int, a time or a duration.
  bool is_whole_zero(size_t i) const {
    const Kind kind = operand(i).type.kind;
    return (kind == Kind::integer || kind == Kind::duration) && is(i, int64_t{0});
  }

  ExprId product() {
    if (is_one(1) && operand(0).type == node_.type) return arg(0);
    if (is_one(0) && operand(1).type == node_.type) return arg(1);
    if (node_.type.kind == Kind::integer && (is(0, int64_t{0}) || is(1, int64_t{0}))) return constant(int64_t{0});
    if (node_.type.kind != Kind::floating) return kNoExpr;
    const Range x = range(0), y = range(1);
    const bool zero = (x.is_zero() && y.finite()) || (y.is_zero() && x.finite());
    return zero && x.unsigned_only() && y.unsigned_only() ? constant(0.0F) : kNoExpr;
  }

  ExprId sum() {
    if (node_.type.kind != Kind::floating) return is_whole_zero(1) ? arg(0) : is_whole_zero(0) ? arg(1) : kNoExpr;
    if (adds_nothing(1, 0)) return arg(0);
    return adds_nothing(0, 1) ? arg(1) : kNoExpr;
  }
  /// x + 0.0 and x + -0.0 are x, but for -0.0 + 0.0.
  bool adds_nothing(size_t zero, size_t to) {
    return range(zero).is_zero() && (!range(to).minus_zero || is_minus_zero(zero));
  }
  bool is_minus_zero(size_t i) const { return is_zero(i, true); }
  bool is_zero(size_t i, bool negative) const {
    const auto* value = operand(i).op == Op::constant ? std::get_if<float>(&operand(i).value) : nullptr;
    return value != nullptr && *value == 0 && std::signbit(*value) == negative;
  }

  ExprId difference() {
    if (node_.type.kind == Kind::integer && arg(0) == arg(1)) return constant(int64_t{0});
    if (node_.type.kind != Kind::floating) return is_whole_zero(1) ? arg(0) : kNoExpr;
    const bool nothing = is_zero(1, false) || (range(1).is_zero() && !range(0).minus_zero);
    return nothing ? arg(0) : kNoExpr;
  }

  graph::Exprs& made_;
  const Node& node_;
  Ranges& ranges_;
};

}  // namespace

ExprId simpler(graph::Exprs& made, const Node& node, Ranges& ranges) {
  return Simplifier(made, node, ranges).find();
}

}  // namespace rec::passes
