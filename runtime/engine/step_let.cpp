// `let NAME = EXPR`: a column of the candidates present.
#include "runtime/engine/missing.h"
#include "runtime/engine/run.h"

namespace rec::engine {

void run_let(Run& run, const graph::LetStep& step) {
  if (is_missing(run, step.value)) {
    run.missing[step.column] = 1;
    return;
  }
  const types::Type& type = run.plan.let_columns[step.column].type;
  const size_t rows = run.batch.rows.size();
  auto& column = run.batch.lets[step.column];
  column.values = run.arena().allocate<std::byte>(rows * types::width(type));
  column.present = type.optional ? run.arena().allocate<uint8_t>(rows).data() : nullptr;
  interpreter::Evaluator(run.context, step.value).run_into(run.present(), column);
}

}  // namespace rec::engine
