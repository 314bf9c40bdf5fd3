// An expression of a plan in words, for `explain`.
#pragma once

#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"

namespace rec::graph {

/// On one line, as the plan has it: functions are inlined, conversions written out.
std::string print(const Plan& plan, const catalog::Catalog& catalog, ExprId id);

}  // namespace rec::graph
