// `backfill to N`: what the last cut left out, as far as it passes the conditions since and the rules of the page.
#include <algorithm>
#include <unordered_set>

#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

/// Those that are not on the page, as rows.
std::vector<uint32_t> not_on_page(const Run& run) {
  std::unordered_set<uint32_t> there;  // looked up only, never walked
  for (const uint32_t at : run.batch.order) there.insert(run.batch.rows[at]);
  std::vector<uint32_t> out;
  for (const uint32_t at : run.history.left_out) {
    if (!there.contains(run.batch.rows[at]) && !is_inserted(run, {.at = at})) out.push_back(at);
  }
  return out;
}

}  // namespace

void run_backfill(Run& run, const graph::BackfillStep& step, trace::StepTrace& trace) {
  auto& order = run.batch.order;
  const size_t count = count_of(run, step.count);
  if (order.size() >= count) return;
  std::vector<uint32_t> candidates = catch_up(run, not_on_page(run));
  const size_t room = count - order.size();
  if (run.history.rerank != nullptr && !run.history.rerank->rules.empty()) {
    candidates = fill_by_rules(run, std::move(candidates), room, trace);
  } else if (candidates.size() > room) {
    candidates.resize(room);
  }
  order.insert(order.end(), candidates.begin(), candidates.end());
  run.batch.in_base_order = false;
}

}  // namespace rec::engine
