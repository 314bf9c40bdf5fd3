// `top N by EXPR` and `sort by EXPR`.
#include "runtime/engine/missing.h"
#include "runtime/engine/order.h"
#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

void keep_first(Run& run, const graph::Order& by, size_t count, trace::StepTrace& trace) {
  if (is_missing(run, by.key)) return keep_present_order(run, by.key, count, trace);
  interpreter::Evaluator key(run.context, by.key);
  const auto& type = run.plan.exprs[by.key].type;
  const size_t ordered = run.plan.replays ? run.batch.order.size() : count;  // all, where a `backfill` may ask on
  const auto places = first_of(key.run(run.present()), type, run.batch.order.size(), by.ascending, ordered, trace.nan);
  std::vector<uint32_t> order(places.size());
  for (size_t i = 0; i < places.size(); ++i) order[i] = run.batch.order[places[i]];
  cut(run, std::move(order), count);
}

}  // namespace

void run_top(Run& run, const graph::TopStep& step, trace::StepTrace& trace) {
  keep_first(run, step.by, count_of(run, step.count), trace);
}

void run_sort(Run& run, const graph::SortStep& step, trace::StepTrace& trace) {
  auto left_out = std::move(run.history.left_out);  // a `sort` leaves nothing out, and is no cut
  keep_first(run, step.by, run.batch.order.size(), trace);
  run.history.left_out = std::move(left_out);
}

}  // namespace rec::engine
