// `filters`: a `where` runs before the `let`, `score` and `sort` steps that it does not read, so that they have fewer
// candidates. One that looks at events, lists or vectors stays behind the other conditions: they leave it fewer. It
// never passes what keeps some by their order (`top`, `take`, `sample`, `rerank`) or brings others, nor a barrier; nor
// does it move into channels, whose `take` counts what qualifies, and whose positions the page shows.
#include <algorithm>

#include "compiler/passes/list.h"
#include "compiler/passes/step_facts.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::Step;

class Filters {
 public:
  Filters(graph::Plan& plan, const Context& context)
      : plan_(plan), catalog_(context.catalog), scored_(scored_columns(plan)) {}

  bool run() {
    move_up(plan_.steps);
    return changed_;
  }

 private:
  void move_up(std::vector<Step>& steps) {
    std::vector<StepFacts> facts;
    for (size_t i = 0; i < steps.size(); ++i) {
      facts.push_back(facts_of(plan_, steps[i], catalog_));
      if (auto* when = std::get_if<graph::WhenStep>(&steps[i].what)) {
        for (auto& arm : when->arms) move_up(arm.steps);
      }
    }
    for (size_t i = 0; i < steps.size(); ++i) {
      const bool where = std::holds_alternative<graph::WhereStep>(steps[i].what);
      if (where && !facts[i].looks_at_all) move_parts(steps, facts, i);
    }
  }

  /// The parts of a conjunction each as far as it can.
  void move_parts(std::vector<Step>& steps, std::vector<StepFacts>& facts, size_t& at) {
    std::vector<ExprId> parts, staying;
    conjuncts(std::get<graph::WhereStep>(steps[at].what).condition.expr, parts);
    for (const ExprId part : parts) {
      StepFacts of_part{.reads = std::vector<uint8_t>(plan_.let_columns.size(), 0), .filters = true};
      of_part.writes = of_part.reads;
      mark_columns(plan_.exprs, part, of_part.reads);
      const size_t to = earliest(facts, at, part, of_part.reads);
      if (to == at) {
        staying.push_back(part);
        continue;
      }
      Step moved = steps[at];
      std::get<graph::WhereStep>(moved.what).condition.expr = part;
      steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(to), std::move(moved));
      facts.insert(facts.begin() + static_cast<std::ptrdiff_t>(to), std::move(of_part));
      ++at;
      changed_ = true;
    }
    if (staying.size() == parts.size()) return;
    if (staying.empty()) {
      steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(at));
      facts.erase(facts.begin() + static_cast<std::ptrdiff_t>(at));
      --at;
      return;
    }
    std::get<graph::WhereStep>(steps[at].what).condition.expr = conjunction(staying);
    facts[at] = facts_of(plan_, steps[at], catalog_);
  }

  void conjuncts(ExprId id, std::vector<ExprId>& out) const {
    const graph::Node& node = plan_.exprs[id];
    if (node.op != graph::Op::logical_and) return out.push_back(id);
    for (const ExprId arg : node.args) conjuncts(arg, out);
  }
  ExprId conjunction(const std::vector<ExprId>& parts) {
    ExprId out = parts.front();
    for (size_t i = 1; i < parts.size(); ++i) {
      graph::Node both{.op = graph::Op::logical_and,
                       .type = types::boolean(),
                       .args = {out, parts[i]},
                       .span = plan_.exprs[out].span};
      both.level = graph::level_of(plan_.exprs, both);
      out = plan_.exprs.add(std::move(both));
    }
    return out;
  }

  /// Nothing in it goes through events, a list or a vector of each candidate.
  bool is_cheap(ExprId id) const {
    const auto is_many = [](const types::Type& type) {
      return type.kind == types::Kind::sequence || type.kind == types::Kind::list || type.kind == types::Kind::vector;
    };
    std::vector<uint8_t> seen(id + 1, 0);
    std::vector<ExprId> open{id};
    while (!open.empty()) {
      const graph::Node& node = plan_.exprs[open.back()];
      open.pop_back();
      const bool looks_up = node.op == graph::Op::in_list || node.op == graph::Op::in_sequence;
      for (const ExprId arg : node.args) {
        const graph::Node& operand = plan_.exprs[arg];
        if (is_many(operand.type) && !(looks_up && graph::is_of_request(operand))) return false;
        if (graph::is_of_request(operand) || seen[arg] != 0) continue;
        seen[arg] = 1;
        open.push_back(arg);
      }
    }
    return true;
  }

  /// Where a condition that stands at `at` can stand instead: before the first of the steps it can pass, but behind the
  /// other conditions there. What depends on a score passes no score and no other condition that does: without the
  /// score the page ends at the first of them.
  size_t earliest(const std::vector<StepFacts>& facts, size_t at, ExprId part,
                  const std::vector<uint8_t>& reads) const {
    const bool scored = overlap(reads, scored_), cheap = is_cheap(part);
    size_t out = at;
    for (size_t i = at; i-- > 0;) {
      const StepFacts& step = facts[i];
      const bool ends_page = step.filters && overlap(step.reads, scored_);
      if (step.is_wall || step.looks_at_all || overlap(step.writes, reads)) break;
      if ((scored && (step.scores || ends_page)) || (step.filters && !cheap)) break;
      const bool computes = step.moves || step.scores || std::ranges::find(step.writes, 1) != step.writes.end();
      if (computes) out = i;
    }
    return out;
  }

  graph::Plan& plan_;
  const catalog::Catalog& catalog_;
  std::vector<uint8_t> scored_;
  bool changed_ = false;
};

bool run(graph::Plan& plan, const Context& context) {
  return Filters(plan, context).run();
}

}  // namespace

Pass filters() {
  return {.name = "filters",
          .doc = "a `where` runs before the `let`, `score` and `sort` steps that it does not read",
          .run = run};
}

}  // namespace rec::passes
