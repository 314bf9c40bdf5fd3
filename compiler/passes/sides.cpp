// `sides`: conditions that are known: sides of `when` that never or always run, conditions that always hold.
#include <algorithm>

#include "compiler/passes/list.h"
#include "compiler/passes/rewrite.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::kNoExpr;
using graph::Step;

class Sides {
 public:
  explicit Sides(graph::Plan& plan) : plan_(plan) {}

  bool run() {
    steps(plan_.steps);
    return changed_;
  }

 private:
  bool is(ExprId condition, bool value) const {
    const auto* known = constant<bool>(plan_.exprs, condition);
    return known != nullptr && *known == value;
  }
  void leave_out_if_true(ExprId& condition) {
    if (!is(condition, true)) return;
    condition = kNoExpr;
    changed_ = true;
  }

  void steps(std::vector<Step>& all) {
    std::vector<Step> kept;
    for (Step& step : all) {
      if (auto* when = std::get_if<graph::WhenStep>(&step.what)) {
        sides(*when);
        if (!stays_whole(*when, kept)) continue;
      } else if (const auto* where = std::get_if<graph::WhereStep>(&step.what)) {
        if (is(where->condition.expr, true)) continue;
      } else if (auto* insert = std::get_if<graph::InsertStep>(&step.what)) {
        if (is(insert->when, false)) continue;
        leave_out_if_true(insert->when);
      } else if (auto* recall = std::get_if<graph::RecallStep>(&step.what)) {
        for (auto& channel : recall->channels) conditions(channel);
      } else if (auto* rerank = std::get_if<graph::RerankStep>(&step.what)) {
        for (auto& rule : rerank->rules) leave_out_if_true(rule.where);
      }
      kept.push_back(std::move(step));
    }
    changed_ = changed_ || kept.size() != all.size();
    all = std::move(kept);
  }

  void conditions(graph::Channel& channel) {
    leave_out_if_true(channel.when);
    const auto gone =
        std::erase_if(channel.where, [&](const graph::Predicate& condition) { return is(condition.expr, true); });
    changed_ = changed_ || gone > 0;
  }

  /// Behind a side that always runs none does; one that never runs goes.
  void sides(graph::WhenStep& when) {
    auto& arms = when.arms;
    const auto never = std::erase_if(arms, [&](const graph::WhenArm& arm) { return is(arm.condition.expr, false); });
    changed_ = changed_ || never > 0;
    const auto always = std::ranges::find_if(arms, [&](const auto& arm) { return is(arm.condition.expr, true); });
    if (always != arms.end()) {
      always->condition.expr = kNoExpr;
      arms.erase(always + 1, arms.end());
      changed_ = true;
    }
    for (auto& arm : arms) steps(arm.steps);
  }

  /// A `when` with nothing to choose is its steps.
  bool stays_whole(graph::WhenStep& when, std::vector<Step>& kept) {
    if (std::ranges::all_of(when.arms, [](const auto& arm) { return arm.steps.empty(); })) {
      changed_ = true;
      return false;
    }
    if (when.arms.front().condition.expr != kNoExpr) return true;
    for (Step& step : when.arms.front().steps) kept.push_back(std::move(step));
    changed_ = true;
    return false;
  }

  graph::Plan& plan_;
  bool changed_ = false;
};

bool run(graph::Plan& plan, const Context&) {
  return Sides(plan).run();
}

}  // namespace

Pass sides() {
  return {.name = "sides",
          .doc = "sides of `when` that never run, and conditions that always hold, are left out",
          .run = run};
}

}  // namespace rec::passes
