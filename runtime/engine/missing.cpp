// Missing columns: who depends on them, and what steps do then.
#include "runtime/engine/missing.h"

#include <fmt/format.h>

#include "compiler/graph/print.h"
#include "runtime/engine/errors.h"

namespace rec::engine {

bool is_missing(const Run& run, graph::ExprId expr) {
  return expr != graph::kNoExpr && graph::reads_columns(run.plan.exprs, expr, run.missing);
}

void keep_present_order(Run& run, graph::ExprId by, size_t count, trace::StepTrace& trace) {
  trace.degraded =
      fmt::format("in present order, `{}` is missing", graph::print(run.plan, run.generation.catalog(), by));
  cut(run, run.batch.order, count);
}

void give_up(Run& run, const graph::Predicate& condition) {
  if (run.plan.otherwise != nullptr) {
    run.cut_off = true;
    return;
  }
  std::string why;
  for (const Degradation& degraded : run.degraded) {
    if (degraded.what.starts_with("score ")) why += (why.empty() ? "" : "; ") + degraded.what + ": " + degraded.reason;
  }
  run.failure = request_error(diagnostics::Code::score_missing,
                              fmt::format("`where {}` cannot be decided without its score ({})", condition.text, why),
                              "a `deadline D else PIPELINE` says whose page stands in");
}

bool is_over(const Run& run) {
  return run.failure.has_value() || (run.cut_off && run.plan.otherwise != nullptr);
}

}  // namespace rec::engine
