// `take N [per EXPR]`: the first N, or the first N of each value.
#include <algorithm>
#include <unordered_map>

#include "runtime/engine/run.h"
#include "runtime/engine/scalars.h"

namespace rec::engine {

void run_take(Run& run, const graph::TakeStep& step) {
  auto& order = run.batch.order;
  const size_t count = count_of(run, step.count);
  if (step.per == graph::kNoExpr) {
    order.resize(std::min(order.size(), count));
    return;
  }
  interpreter::Evaluator per(run.context, step.per);
  const interpreter::Values values = per.run(run.present());
  const types::Kind kind = run.plan.exprs[step.per].type.kind;
  std::unordered_map<int64_t, size_t> taken;  // looked up only, never walked
  size_t missing = 0, kept = 0;               // candidates without a value are a group of their own
  for (size_t i = 0; i < order.size(); ++i) {
    size_t& so_far = values.has(i) ? taken[scalar(values.data, kind, i)] : missing;
    if (so_far == count) continue;
    ++so_far;
    order[kept++] = order[i];
  }
  order.resize(kept);
}

}  // namespace rec::engine
