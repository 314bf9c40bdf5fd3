// Operations that change nothing, or whose result is known from one operand: only where no bit can change.
#pragma once

#include "compiler/passes/ranges.h"

namespace rec::passes {

/// What stands in place of a node: a node of `made`, which may be new; kNoExpr where there is nothing simpler.
graph::ExprId simpler(graph::Exprs& made, const graph::Node& node, Ranges& ranges);

}  // namespace rec::passes
