// `dead`: columns and models that nobody reads are not computed. A step reads what its expressions read; steps that
// bring candidates late compute the columns there are, and no others. A model that does not run can neither fail nor be
// late.
#include <algorithm>

#include "compiler/graph/references.h"
#include "compiler/passes/list.h"
#include "compiler/passes/rewrite.h"
#include "compiler/passes/step_facts.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::Step;

class Dead {
 public:
  explicit Dead(graph::Plan& plan) : plan_(plan), alive_(plan.let_columns.size(), 0) {}

  bool run() {
    if (alive_.empty()) return false;
    for (const auto& emit : plan_.emits) mark_columns(plan_.exprs, emit.value, alive_);
    while (grow(plan_.steps)) {
    }
    if (!remove(plan_.steps)) return false;
    renumber();
    return true;
  }

 private:
  bool is_alive(const std::vector<uint32_t>& columns) const {
    return std::ranges::any_of(columns, [&](uint32_t column) { return alive_[column] != 0; });
  }
  bool is_alive(const Step& step) const {
    if (const auto* let = std::get_if<graph::LetStep>(&step.what)) return alive_[let->column] != 0;
    const auto* score = std::get_if<graph::ScoreStep>(&step.what);
    return score == nullptr || is_alive(score->columns);
  }

  /// One walk over the steps, last first; true where a column was found to be read.
  bool grow(const std::vector<Step>& steps) {
    const auto before = alive_;
    for (size_t i = steps.size(); i-- > 0;) {
      if (!is_alive(steps[i])) continue;
      if (const auto* when = std::get_if<graph::WhenStep>(&steps[i].what)) {
        for (const auto& arm : when->arms) {
          if (arm.condition.expr != graph::kNoExpr) mark_columns(plan_.exprs, arm.condition.expr, alive_);
          grow(arm.steps);
        }
        continue;
      }
      graph::each_reference(steps[i], [&](const ExprId& id) { mark_columns(plan_.exprs, id, alive_); });
      if (const auto* score = std::get_if<graph::ScoreStep>(&steps[i].what)) {
        for (const uint32_t column : score->columns) alive_[column] = 1;  // a model fills all it has
      }
    }
    return alive_ != before;
  }

  bool remove(std::vector<Step>& steps) {
    bool changed = std::erase_if(steps, [&](const Step& step) { return !is_alive(step); }) > 0;
    for (Step& step : steps) {
      auto* when = std::get_if<graph::WhenStep>(&step.what);
      if (when == nullptr) continue;
      for (auto& arm : when->arms) changed = remove(arm.steps) || changed;
    }
    return changed;
  }

  void renumber() {
    std::vector<uint32_t> now(alive_.size(), 0);
    std::vector<graph::LetColumn> kept;
    for (size_t i = 0; i < alive_.size(); ++i) {
      now[i] = static_cast<uint32_t>(kept.size());
      if (alive_[i] != 0) kept.push_back(std::move(plan_.let_columns[i]));
    }
    plan_.let_columns = std::move(kept);
    renumber(plan_.steps, now);
    const auto moved = [&](graph::Exprs& made, const graph::Node& node) {
      if (node.op != graph::Op::let_column || now[node.index] == node.index) return graph::kNoExpr;
      graph::Node column = node;
      column.index = now[node.index];
      return made.add(std::move(column));
    };
    rewrite(plan_, moved, true);  // nothing is left that reads a column of old
  }
  static void renumber(std::vector<Step>& steps, const std::vector<uint32_t>& now) {
    for (Step& step : steps) {
      if (auto* let = std::get_if<graph::LetStep>(&step.what)) let->column = now[let->column];
      if (auto* score = std::get_if<graph::ScoreStep>(&step.what)) {
        for (uint32_t& column : score->columns) column = now[column];
      }
      if (auto* when = std::get_if<graph::WhenStep>(&step.what)) {
        for (auto& arm : when->arms) renumber(arm.steps, now);
      }
    }
  }

  graph::Plan& plan_;
  std::vector<uint8_t> alive_;  // columns that are read
};

bool run(graph::Plan& plan, const Context&) {
  return Dead(plan).run();
}

}  // namespace

Pass dead() {
  return {.name = "dead", .doc = "columns and models that nobody reads are not computed", .run = run};
}

}  // namespace rec::passes
