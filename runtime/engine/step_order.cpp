// `top N by EXPR` and `sort by EXPR`.
#include "runtime/engine/order.h"
#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

void keep_first(Run& run, const graph::Order& by, size_t count, trace::StepTrace& trace) {
  interpreter::Evaluator key(run.context, by.key);
  const auto& type = run.plan.exprs[by.key].type;
  const auto places =
      first_of(ranked(key.run(run.present()), type, run.batch.order.size(), by.ascending, trace.nan), count);
  std::vector<uint32_t> order(places.size());
  for (size_t i = 0; i < places.size(); ++i) order[i] = run.batch.order[places[i]];
  run.batch.order = std::move(order);
}

}  // namespace

void run_top(Run& run, const graph::TopStep& step, trace::StepTrace& trace) {
  keep_first(run, step.by, count_of(run, step.count), trace);
}

void run_sort(Run& run, const graph::SortStep& step, trace::StepTrace& trace) {
  keep_first(run, step.by, run.batch.order.size(), trace);
}

}  // namespace rec::engine
