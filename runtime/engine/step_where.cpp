// `where EXPR`: keeps the candidates for which it is true.
#include "runtime/engine/missing.h"
#include "runtime/engine/run.h"

namespace rec::engine {

void run_where(Run& run, const graph::WhereStep& step, trace::StepTrace& trace) {
  if (is_missing(run, step.condition.expr)) return give_up(run, step.condition);
  auto& order = run.batch.order;
  std::vector<uint8_t> keep(order.size(), 1);
  interpreter::Evaluator(run.context, step.condition.expr).filter(run.present(), keep);
  size_t kept = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    order[kept] = order[i];
    kept += keep[i] != 0 ? 1 : 0;
  }
  if (run.trace != nullptr) trace.drops.emplace_back(step.condition.text, order.size() - kept);
  if (kept < order.size()) run.batch.in_base_order = false;
  order.resize(kept);
}

}  // namespace rec::engine
