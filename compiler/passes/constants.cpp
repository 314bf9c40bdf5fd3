// `constants`: what is known when the plan is made is computed then, and what changes no bit is left out.
#include "compiler/passes/fold.h"
#include "compiler/passes/identities.h"
#include "compiler/passes/list.h"
#include "compiler/passes/rewrite.h"

namespace rec::passes {
namespace {

bool run(graph::Plan& plan, const Context& context) {
  Ranges ranges(plan);
  return rewrite(plan, [&](graph::Exprs& made, const graph::Node& node) {
    if (auto value = fold(made, node, context.catalog))
      return made.add({.op = graph::Op::constant, .type = node.type, .value = std::move(*value), .span = node.span});
    return simpler(made, node, ranges);
  });
}

}  // namespace

Pass constants() {
  return {.name = "constants",
          .doc = "constant expressions are computed, and operations that change no bit are left out",
          .run = run};
}

}  // namespace rec::passes
