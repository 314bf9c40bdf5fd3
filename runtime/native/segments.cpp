// Runs of element-wise steps as loops.
#include <algorithm>
#include <variant>

#include "compiler/graph/references.h"
#include "runtime/native/tier.h"

namespace rec::native {
namespace {

bool reads_barrier(const graph::Plan& plan, graph::ExprId id) {
  return (plan.exprs[id].level & graph::kBarrier) != 0;
}

/// Operations for a column that the choice itself does not need: more of them are left until it is made.
constexpr size_t kWrittenAlong = 8;

}  // namespace

/// Whether a step behind `after`, or the page, reads the column. Of a side of a `when` it is not asked further.
bool Tier::is_live_after(const std::vector<graph::Step>& steps, size_t after, uint32_t column) const {
  if (&steps != &plan_.steps) return true;
  std::vector<uint8_t> marked(plan_.let_columns.size(), 0);
  marked[column] = 1;
  bool live = false;
  auto look = [&](graph::ExprId id) { live = live || graph::reads_columns(plan_.exprs, id, marked); };
  for (size_t i = after; i < steps.size(); ++i) graph::References(look).of(steps[i]);
  for (const auto& emit : plan_.emits) look(emit.value);
  return live;
}

std::unique_ptr<Segment> Tier::make_segment(const std::vector<graph::Step>& steps, size_t first) const {
  auto out = std::make_unique<Segment>();
  Lowering select(of(), Kernel::Does::select), ahead(of(), Kernel::Does::first), scatter(of(), Kernel::Does::scatter);
  Lowering probe(of(), Kernel::Does::values);
  Lowering* const all[] = {&select, &ahead, &scatter, &probe};
  // What the interpreter computes for the loop reads columns of the batch, and those of this run are not there yet.
  const auto stands_alone = [&](graph::ExprId root) {
    probe.output(root);
    return !probe.reads_unwritten();
  };
  std::vector<std::pair<uint32_t, graph::ExprId>> lets;
  size_t wheres = 0, at = first;
  for (; at < steps.size() && out->order == nullptr; ++at) {
    if (const auto* where = std::get_if<graph::WhereStep>(&steps[at].what)) {
      if (reads_barrier(plan_, where->condition.expr) || !stands_alone(where->condition.expr)) break;
      select.require(where->condition.expr);
      ahead.require(where->condition.expr);
      ++wheres;
    } else if (const auto* let = std::get_if<graph::LetStep>(&steps[at].what)) {
      if (reads_barrier(plan_, let->value) || !lane_of(plan_.exprs[let->value].type.kind) || !stands_alone(let->value))
        break;
      for (Lowering* lowering : all) lowering->inline_let(let->column, let->value);
      lets.emplace_back(let->column, let->value);
    } else if (const auto* top = std::get_if<graph::TopStep>(&steps[at].what)) {
      if (reads_barrier(plan_, top->by.key) || !stands_alone(top->by.key) || !ahead.order_by(top->by)) break;
      out->order = &top->by;
      out->count = top->count;
    } else {
      break;
    }
  }
  out->steps = at - first;
  if (out->steps == 0) return nullptr;
  const std::string name = std::to_string(steps[first].span.begin);
  for (const auto& [column, value] : lets) {
    if (!is_live_after(steps, at, column)) continue;
    const auto cost = out->order == nullptr ? std::nullopt : ahead.cost_of(value);
    const bool along = cost && *cost <= kWrittenAlong;
    (along ? ahead : scatter).output(value);
    (along ? out->along : out->lets).push_back(column);
  }
  if (out->order != nullptr || wheres > 0) {
    out->chosen = unit(out->order != nullptr ? ahead : select, name + " chosen", steps[first].span);
    if (out->chosen == nullptr) return nullptr;
  }
  if (!out->lets.empty()) {
    // What the interpreter computes for a few that are left, it would else compute for all.
    out->filled = unit(scatter, name + " filled", steps[first].span, Lowering::Little::is_made);
  }
  return out;
}

}  // namespace rec::native
