// `common`: equal expressions are one. Equal nodes share an id by how they are added; what a `let` has computed is read
// from its column by the steps behind it, where it stands on their path; a `let` of another's column is that column.
#include <unordered_map>

#include "compiler/graph/references.h"
#include "compiler/passes/list.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::kNoExpr;
using graph::Node;
using graph::Op;
using graph::Step;

class Sharing {
 public:
  explicit Sharing(graph::Plan& plan) : plan_(plan), bindings_(plan.let_columns.size(), 0) {
    count_bindings(plan.steps);
  }

  bool run() {
    std::vector<Step> now = plan_.steps;
    ExprId deadline = plan_.deadline;
    std::vector<graph::Emit> emits = plan_.emits;
    if (deadline != kNoExpr) deadline = copy(deadline);
    steps(now);
    for (auto& emit : emits) emit.value = copy(emit.value);
    if (!replaced_ && made_.size() == plan_.exprs.size()) return false;
    plan_.exprs = std::move(made_);
    plan_.deadline = deadline;
    plan_.steps = std::move(now);
    plan_.emits = std::move(emits);
    return true;
  }

 private:
  void count_bindings(const std::vector<Step>& all) {
    for (const Step& step : all) {
      if (const auto* let = std::get_if<graph::LetStep>(&step.what)) ++bindings_[let->column];
      if (const auto* when = std::get_if<graph::WhenStep>(&step.what)) {
        for (const auto& arm : when->arms) count_bindings(arm.steps);
      }
    }
  }

  void steps(std::vector<Step>& all) {
    for (Step& step : all) {
      auto* when = std::get_if<graph::WhenStep>(&step.what);
      if (when == nullptr) {
        graph::each_reference(step, [&](ExprId& id) { id = copy(id); });
        if (const auto* let = std::get_if<graph::LetStep>(&step.what)) learn(*let);
        continue;
      }
      for (auto& arm : when->arms) {
        if (arm.condition.expr != kNoExpr) arm.condition.expr = copy(arm.condition.expr);
        const auto before = std::pair(columns_, aliases_);  // what a side binds, others do not see
        steps(arm.steps);
        std::tie(columns_, aliases_) = before;
        copied_.clear();
      }
    }
  }

  /// Barriers are those of their step; a bare operand is no dearer than a column.
  static bool is_worth_a_column(const graph::Exprs& exprs, const Node& node) {
    if ((node.level & graph::kCandidate) == 0 || (node.level & (graph::kBarrier | graph::kEvent)) != 0) return false;
    if (node.args.empty() || node.op == Op::assume_present || node.op == Op::make_optional) return false;
    return node.op != Op::to_float || !exprs[node.args[0]].args.empty();
  }

  void learn(const graph::LetStep& let) {
    const Node& value = made_[let.value];
    if (value.type != plan_.let_columns[let.column].type || bindings_[let.column] != 1) return;
    if (value.op == Op::let_column) {
      aliases_.emplace(let.column, value.index);
    } else if (!is_worth_a_column(made_, value) || !columns_.emplace(let.value, let.column).second) {
      return;
    }
    copied_.clear();  // what was copied before may now be read
  }

  ExprId copy(ExprId id) {
    if (const auto known = copied_.find(id); known != copied_.end()) return known->second;
    Node node = plan_.exprs[id];
    for (ExprId& arg : node.args) arg = copy(arg);
    node.level = graph::level_of(made_, node);
    if (node.op == Op::let_column) {
      if (const auto other = aliases_.find(node.index); other != aliases_.end()) {
        node.index = other->second;
        replaced_ = true;
      }
    }
    ExprId out = made_.add(std::move(node));
    if (const auto column = columns_.find(out); column != columns_.end()) {
      out = made_.add({.op = Op::let_column,
                       .type = made_[out].type,
                       .level = graph::kCandidate,
                       .index = column->second,
                       .span = made_[out].span});
      replaced_ = true;
    }
    return copied_[id] = out;
  }

  graph::Plan& plan_;
  graph::Exprs made_{};
  std::vector<uint32_t> bindings_;                    // `let`s a column is bound by
  std::unordered_map<ExprId, uint32_t> columns_{};    // on this path: a value of the new table, and who has it
  std::unordered_map<uint32_t, uint32_t> aliases_{};  // a column that is another
  std::unordered_map<ExprId, ExprId> copied_{};
  bool replaced_ = false;
};

bool run(graph::Plan& plan, const Context&) {
  return Sharing(plan).run();
}

}  // namespace

Pass common() {
  return {.name = "common",
          .doc = "equal expressions are one, and what a `let` has computed is read from its column",
          .run = run};
}

}  // namespace rec::passes
