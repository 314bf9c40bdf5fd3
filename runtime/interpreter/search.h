// `.search` of a sequence, for a model's input.
#pragma once

#include <span>

#include "runtime/interpreter/scope.h"

namespace rec::interpreter {

/// Indices of events (uint32_t), newest first, for each of n candidates; `candidates`: their values of the column that
/// is searched by. Memory is the scope's.
std::span<const column::ListRef> search_events(Scope& scope, graph::ExprId search, const Values& candidates, size_t n);

}  // namespace rec::interpreter
