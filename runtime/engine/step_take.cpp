// `take N [per EXPR]`: the first N, or the first N of each value.
#include <algorithm>
#include <unordered_map>

#include "runtime/engine/missing.h"
#include "runtime/engine/run.h"
#include "runtime/engine/scalars.h"

namespace rec::engine {

void run_take(Run& run, const graph::TakeStep& step, trace::StepTrace& trace) {
  auto& order = run.batch.order;
  const size_t count = count_of(run, step.count);
  if (step.per == graph::kNoExpr) {
    cut(run, order, count);
    return;
  }
  if (is_missing(run, step.per)) return keep_present_order(run, step.per, count, trace);
  interpreter::Evaluator per(run.context, step.per);
  const interpreter::Values values = per.run(run.present());
  const types::Kind kind = run.plan.exprs[step.per].type.kind;
  std::unordered_map<int64_t, size_t> taken;  // looked up only, never walked
  size_t missing = 0;                         // candidates without a value are a group of their own
  std::vector<uint32_t> kept, left_out;
  for (size_t i = 0; i < order.size(); ++i) {
    size_t& so_far = values.has(i) ? taken[scalar(values.data, kind, i)] : missing;
    (so_far < count ? kept : left_out).push_back(order[i]);
    so_far = std::min(so_far + 1, count);
  }
  const size_t stay = kept.size();
  kept.insert(kept.end(), left_out.begin(), left_out.end());
  cut(run, std::move(kept), stay);
}

}  // namespace rec::engine
