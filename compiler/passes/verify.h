// What holds of every plan: what the checker makes and each pass must leave.
#pragma once

#include <optional>
#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"

namespace rec::passes {

/// What is wrong with a plan, the first thing found; nothing where it is right. Looks at arguments before their users,
/// indices in range, types of operands, levels, the types and levels that each step asks for, and columns bound on the
/// path before they are read. Plans within this one are not looked into.
std::optional<std::string> verify(const graph::Plan& plan, const catalog::Catalog& catalog);

}  // namespace rec::passes
