// Expressions made anew: those in use, in order, then every place that names one.
#include "compiler/passes/rewrite.h"

#include "compiler/graph/references.h"

namespace rec::passes {

using graph::ExprId;
using graph::kNoExpr;

namespace {

std::vector<uint8_t> in_use(const graph::Plan& plan) {
  std::vector<uint8_t> out(plan.exprs.size(), 0);
  graph::each_reference(plan, [&](const ExprId& id) { out[id] = 1; });
  for (ExprId id = static_cast<ExprId>(out.size()); id-- > 0;) {  // users stand behind their arguments
    if (out[id] == 0) continue;
    for (const ExprId arg : plan.exprs[id].args) out[arg] = 1;
  }
  return out;
}

}  // namespace

bool rewrite(graph::Plan& plan, const Replace& replace, bool always) {
  const std::vector<uint8_t> used = in_use(plan);
  std::vector<ExprId> now(plan.exprs.size(), kNoExpr);
  graph::Exprs made;
  bool changed = false;
  for (ExprId id = 0; id < used.size(); ++id) {
    if (used[id] == 0) continue;
    graph::Node node = plan.exprs[id];
    for (ExprId& arg : node.args) arg = now[arg];
    node.level = graph::level_of(made, node);
    const ExprId other = replace(made, node);
    changed = changed || other != kNoExpr;
    now[id] = other != kNoExpr ? other : made.add(std::move(node));
  }
  if (!changed && !always) return false;
  graph::each_reference(plan, [&](ExprId& id) { id = now[id]; });
  plan.exprs = std::move(made);
  return changed;
}

bool is_constant(const graph::Node& node, const types::Value& value) {
  return node.op == graph::Op::constant && node.value == value;
}

}  // namespace rec::passes
