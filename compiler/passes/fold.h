// The value of a node whose arguments are constants, by the kernels that would compute it for a request.
#pragma once

#include <optional>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/expr.h"

namespace rec::passes {

/// Nothing where an argument is no constant, or the value is no scalar.
std::optional<types::Value> fold(const graph::Exprs& exprs, const graph::Node& node, const catalog::Catalog& catalog);

}  // namespace rec::passes
