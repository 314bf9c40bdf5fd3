// What holds of every node of a plan.
#pragma once

#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"

namespace rec::passes {

/// What is wrong with a node, or empty.
std::string wrong_with(const graph::Plan& plan, const catalog::Catalog& catalog, graph::ExprId id);

}  // namespace rec::passes
