// A plan's expressions made anew, node by node: how passes change formulas.
#pragma once

#include <functional>

#include "compiler/graph/plan.h"

namespace rec::passes {

/// What stands in place of a node, whose arguments are of the table `made` already: a node of that table, or kNoExpr
/// for the node as it is.
using Replace = std::function<graph::ExprId(graph::Exprs& made, const graph::Node& node)>;

/// Asks about every node in use, arguments before their users. False where nothing was replaced: the plan is then as it
/// was, unless it is to be made anew `always`. What is no longer in use is left behind, and levels are those of the new
/// arguments.
bool rewrite(graph::Plan& plan, const Replace& replace, bool always = false);

/// Whether a node is a constant with this value.
bool is_constant(const graph::Node& node, const types::Value& value);

/// The value of a constant; nullptr for other nodes.
template <typename T>
const T* constant(const graph::Exprs& exprs, graph::ExprId id) {
  if (id == graph::kNoExpr || exprs[id].op != graph::Op::constant) return nullptr;
  return std::get_if<T>(&exprs[id].value);
}

}  // namespace rec::passes
