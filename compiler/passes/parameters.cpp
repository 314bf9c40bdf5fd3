// `parameters`: those whose values are known become constants.
#include "compiler/passes/list.h"
#include "compiler/passes/rewrite.h"

namespace rec::passes {
namespace {

bool run(graph::Plan& plan, const Context& context) {
  if (context.parameters.empty()) return false;
  return rewrite(plan, [&](graph::Exprs& made, const graph::Node& node) {
    const bool known = node.op == graph::Op::parameter && node.index < context.parameters.size() &&
                       context.parameters[node.index].has_value();
    if (!known) return graph::kNoExpr;
    return made.add(
        {.op = graph::Op::constant, .type = node.type, .value = *context.parameters[node.index], .span = node.span});
  });
}

}  // namespace

Pass parameters() {
  return {.name = "parameters", .doc = "parameters whose values are known are constants", .run = run};
}

}  // namespace rec::passes
