// The expressions that a step evaluates.
#pragma once

#include <functional>

#include "compiler/graph/plan.h"

namespace rec::graph {

/// Every expression of the step and, of a `when`, of the steps on its sides; not those of other plans.
void for_each_root(const Step& step, const std::function<void(ExprId)>& visit);

}  // namespace rec::graph
