// Facts of steps, from what their expressions read.
#include "compiler/passes/step_facts.h"

#include "compiler/graph/references.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::Step;

/// A model of the catalog's own algorithms values each candidate by itself; one from a file may look at all of them.
bool values_each_alone(const catalog::Catalog& catalog, const graph::ScoreStep& score) {
  return catalog.models[score.model].onnx.empty();
}

class Facts {
 public:
  Facts(const graph::Plan& plan, const catalog::Catalog& catalog) : plan_(plan), catalog_(catalog) {
    out_.reads.assign(plan.let_columns.size(), 0);
    out_.writes = out_.reads;
  }

  StepFacts of(const Step& step) {
    graph::each_reference(step, [&](const ExprId& id) {
      mark_columns(plan_.exprs, id, out_.reads);
      out_.looks_at_all = out_.looks_at_all || (plan_.exprs[id].level & graph::kBarrier) != 0;
    });
    add(step);
    return std::move(out_);
  }

 private:
  void add(const Step& step) {
    if (std::holds_alternative<graph::WhereStep>(step.what)) {
      out_.filters = true;
    } else if (const auto* let = std::get_if<graph::LetStep>(&step.what)) {
      out_.writes[let->column] = 1;
    } else if (const auto* score = std::get_if<graph::ScoreStep>(&step.what)) {
      for (const uint32_t column : score->columns) out_.writes[column] = 1;
      out_.scores = true;
      out_.is_wall = out_.is_wall || !values_each_alone(catalog_, *score);
    } else if (std::holds_alternative<graph::SortStep>(step.what)) {
      out_.moves = true;
    } else if (const auto* when = std::get_if<graph::WhenStep>(&step.what)) {
      for (const auto& arm : when->arms) {
        for (const Step& inner : arm.steps) add(inner);
      }
    } else {
      out_.is_wall = true;
    }
  }

  const graph::Plan& plan_;
  const catalog::Catalog& catalog_;
  StepFacts out_;
};

void mark_scored(const graph::Plan& plan, const std::vector<Step>& steps, std::vector<uint8_t>& out) {
  for (const Step& step : steps) {
    if (const auto* score = std::get_if<graph::ScoreStep>(&step.what)) {
      for (const uint32_t column : score->columns) out[column] = 1;
    } else if (const auto* let = std::get_if<graph::LetStep>(&step.what)) {
      if (graph::reads_columns(plan.exprs, let->value, out)) out[let->column] = 1;
    } else if (const auto* when = std::get_if<graph::WhenStep>(&step.what)) {
      for (const auto& arm : when->arms) mark_scored(plan, arm.steps, out);
    }
  }
}

}  // namespace

StepFacts facts_of(const graph::Plan& plan, const Step& step, const catalog::Catalog& catalog) {
  return Facts(plan, catalog).of(step);
}

void mark_columns(const graph::Exprs& exprs, ExprId id, std::vector<uint8_t>& marks) {
  std::vector<uint8_t> seen(id + 1, 0);  // arguments stand before their users
  std::vector<ExprId> open{id};
  while (!open.empty()) {
    const ExprId at = open.back();
    open.pop_back();
    if (seen[at] != 0) continue;
    seen[at] = 1;
    const graph::Node& node = exprs[at];
    if (node.op == graph::Op::let_column) marks[node.index] = 1;
    open.insert(open.end(), node.args.begin(), node.args.end());
  }
}

std::vector<uint8_t> scored_columns(const graph::Plan& plan) {
  std::vector<uint8_t> out(plan.let_columns.size(), 0);
  mark_scored(plan, plan.steps, out);
  return out;
}

bool overlap(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != 0 && b[i] != 0) return true;
  }
  return false;
}

}  // namespace rec::passes
