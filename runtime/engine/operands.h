// The values behind a condition, in words: "item.likes = 3, user.age = 17".
#pragma once

#include <string>
#include <vector>

#include "runtime/engine/run.h"

namespace rec::engine {

/// One value of an expression for one candidate, as text. `batch` null: `at` is a row of the item table.
std::string value_text(Run& run, graph::ExprId expr, const interpreter::Batch* batch, uint32_t at);
bool holds(Run& run, graph::ExprId condition, const interpreter::Batch* batch, uint32_t at);
/// The comparisons that decide why `condition` is false for a candidate, each as it is written with the values of its
/// operands.
std::vector<std::string> why_false(Run& run, graph::ExprId condition, const interpreter::Batch* batch, uint32_t at);

}  // namespace rec::engine
