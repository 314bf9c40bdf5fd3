// When a run of steps may be one loop.
#include "runtime/engine/segment.h"

#include <algorithm>

#include "runtime/interpreter/native_segment.h"

namespace rec::engine {

size_t run_segment(Run& run, const std::vector<graph::Step>& steps, size_t first) {
  const native::Tier* tier = run.context.tier();
  if (tier == nullptr || run.traced || run.observer != nullptr || run.plan.replays) return 0;
  if (std::ranges::find(run.missing, 1) != run.missing.end()) return 0;
  const native::Segment* segment = tier->segment(steps, first);
  if (segment == nullptr) return 0;
  const size_t count = segment->count == graph::kNoExpr ? 0 : count_of(run, segment->count);
  if (segment->order != nullptr && count == 0) return 0;
  return interpreter::run_native(run.context, *segment, run.batch, count) ? segment->steps : 0;
}

}  // namespace rec::engine
