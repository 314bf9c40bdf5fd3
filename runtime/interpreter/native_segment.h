// A run of steps as native code: who passes, in which order, and the columns that are read later.
#pragma once

#include "runtime/interpreter/evaluate.h"
#include "runtime/native/tier.h"

namespace rec::interpreter {

/// The candidates of `batch.order` that the steps leave, in their order, and of them the columns that are read later.
/// `count`: of an ordering, how many. False, and nothing has changed, while code is not ready.
bool run_native(RequestContext& context, const native::Segment& segment, Batch& batch, size_t count);

}  // namespace rec::interpreter
