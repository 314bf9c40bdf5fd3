// `request`: what is the same for the whole request is computed once. A `let` whose value has come to be such is that
// value, and no column; in sums and products of ints, and in `and` and `or`, where order changes no bit, what is of
// request level is brought together.
#include <span>

#include "compiler/passes/list.h"
#include "compiler/passes/rewrite.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::kNoExpr;
using graph::Node;
using graph::Op;

/// The only value of each column that one `let` binds; kNoExpr for others.
class LetValues {
 public:
  explicit LetValues(const graph::Plan& plan) : values_(plan.let_columns.size(), kNoExpr), bound_(values_.size(), 0) {
    collect(plan.steps);
  }
  ExprId of(uint32_t column) const { return bound_[column] == 1 ? values_[column] : kNoExpr; }

 private:
  void collect(const std::vector<graph::Step>& steps) {
    for (const auto& step : steps) {
      if (const auto* let = std::get_if<graph::LetStep>(&step.what)) {
        values_[let->column] = let->value;
        ++bound_[let->column];
      } else if (const auto* score = std::get_if<graph::ScoreStep>(&step.what)) {
        for (const uint32_t column : score->columns) bound_[column] += 2;
      } else if (const auto* when = std::get_if<graph::WhenStep>(&step.what)) {
        for (const auto& arm : when->arms) collect(arm.steps);
      }
    }
  }

  std::vector<ExprId> values_;
  std::vector<uint32_t> bound_;
};

/// Operands of a chain of one associative operation.
class Chain {
 public:
  Chain(graph::Exprs& made, const Node& node) : made_(made), node_(node) {
    for (const ExprId arg : node.args) flatten(arg);
  }

  /// The chain with its operands of request level in one, last; kNoExpr where they are that already.
  ExprId regrouped() {
    if (request_.size() < 2 || others_.empty()) return kNoExpr;
    ExprId out = others_.front();
    for (const ExprId other : std::span(others_).subspan(1)) out = joined(out, other);
    ExprId once = request_.front();
    for (const ExprId value : std::span(request_).subspan(1)) once = joined(once, value);
    return joined(out, once);
  }

  static bool is_associative(const Node& node) {
    if (node.op == Op::logical_and || node.op == Op::logical_or) return true;
    const bool whole = node.op == Op::call && node.type.kind == types::Kind::integer && node.args.size() == 2;
    return whole && (node.def->name == "+" || node.def->name == "*");  // modulo 2^64
  }

 private:
  void flatten(ExprId id) {
    const Node& operand = made_[id];
    if (graph::is_of_request(operand)) return request_.push_back(id);
    if (operand.op != node_.op || operand.overload != node_.overload) return others_.push_back(id);
    const std::vector<ExprId> args = operand.args;
    for (const ExprId arg : args) flatten(arg);
  }
  ExprId joined(ExprId a, ExprId b) {
    Node node = node_;
    node.args = {a, b};
    node.level = graph::level_of(made_, node);
    return made_.add(std::move(node));
  }

  graph::Exprs& made_;
  const Node& node_;
  std::vector<ExprId> request_{}, others_{};
};

bool run(graph::Plan& plan, const Context&) {
  const LetValues lets(plan);
  const auto copy = [&](auto&& self, graph::Exprs& made, ExprId id) -> ExprId {
    Node node = plan.exprs[id];
    for (ExprId& arg : node.args) arg = self(self, made, arg);
    return made.add(std::move(node));
  };
  return rewrite(plan, [&](graph::Exprs& made, const Node& node) {
    if (node.op == Op::let_column) {
      const ExprId value = lets.of(node.index);
      const bool once =
          value != kNoExpr && graph::is_of_request(plan.exprs[value]) && plan.exprs[value].type == node.type;
      return once ? copy(copy, made, value) : kNoExpr;
    }
    return Chain::is_associative(node) && !graph::is_of_request(node) ? Chain(made, node).regrouped() : kNoExpr;
  });
}

}  // namespace

Pass request_values() {
  return {.name = "request",
          .doc = "what is the same for the whole request is no column, and is brought together where no bit changes",
          .run = run};
}

}  // namespace rec::passes
