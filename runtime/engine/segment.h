// Runs of steps as native code.
#pragma once

#include "runtime/engine/run.h"

namespace rec::engine {

/// Runs the steps from `first` on that have native code in common, and returns how many; 0 where there is none, or
/// where somebody wants to see each of them: a trace, an observer, a `backfill` that will ask what was left out.
size_t run_segment(Run& run, const std::vector<graph::Step>& steps, size_t first);

}  // namespace rec::engine
