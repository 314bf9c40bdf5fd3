// What a page does without a score that failed or was too late.
#pragma once

#include "runtime/engine/run.h"

namespace rec::engine {

/// Whether an expression depends on a column that is missing.
bool is_missing(const Run& run, graph::ExprId expr);

/// In place of an ordering: keeps the first `count` in present order.
void keep_present_order(Run& run, graph::ExprId by, size_t count, trace::StepTrace& trace);

/// Nobody can say what passes a condition: the page that stands in, or none.
void give_up(Run& run, const graph::Predicate& condition);

/// The page ends here: there is none, or another one.
bool is_over(const Run& run);

}  // namespace rec::engine
