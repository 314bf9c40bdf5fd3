// Replaying steps on candidates that were not there when they ran.
#include "runtime/engine/history.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "runtime/engine/missing.h"
#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

bool is_cutter(const graph::Step& step) {
  return std::holds_alternative<graph::TopStep>(step.what) || std::holds_alternative<graph::TakeStep>(step.what) ||
         std::holds_alternative<graph::SampleStep>(step.what) || std::holds_alternative<graph::RerankStep>(step.what);
}

/// A step's barriers while it is replayed. One that was never fitted saw no candidate, and sees none now.
class Replay {
 public:
  Replay(Run& run, Applied& applied)
      : run_(run),
        present_(std::exchange(run.batch.order, {})),
        in_base_order_(std::exchange(run.batch.in_base_order, false)) {
    run.batch.barriers = &applied.barriers;
  }
  ~Replay() {
    run_.batch.barriers = nullptr;
    run_.batch.order = std::move(present_);
    run_.batch.in_base_order = in_base_order_;
  }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

 private:
  Run& run_;
  std::vector<uint32_t> present_;
  bool in_base_order_;
};

template <typename T>
std::span<T> grown(Run& run, std::span<const T> old, size_t size) {
  if (old.size() >= size) return {const_cast<T*>(old.data()), old.size()};  // all of it is this run's own memory
  const auto out = run.arena().allocate<T>(size);
  std::ranges::copy(old, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(old.size()), out.end(), T{});
  return out;
}

void grow(Run& run, interpreter::BatchColumn& column, const types::Type& type, size_t before, size_t rows) {
  const size_t width = types::width(type);
  column.values = grown<std::byte>(run, column.values, rows * width);
  if (type.optional && rows > before) {
    const auto present = grown<uint8_t>(run, {column.present, column.present == nullptr ? 0 : before}, rows);
    column.present = present.data();
  }
}

std::vector<uint32_t> columns_of(const graph::Step& step) {
  if (const auto* let = std::get_if<graph::LetStep>(&step.what)) return {let->column};
  const auto* score = std::get_if<graph::ScoreStep>(&step.what);
  return score == nullptr ? std::vector<uint32_t>{} : score->columns;
}

void replay_column(Run& run, Applied& applied, const std::vector<uint32_t>& candidates) {
  if (const auto* score = std::get_if<graph::ScoreStep>(&applied.step->what)) {
    const Replay replay(run, applied);
    score_late_rows(run, *score, candidates);
    return;
  }
  const auto* let = std::get_if<graph::LetStep>(&applied.step->what);
  if (let == nullptr || run.missing[let->column] != 0) return;
  const Replay replay(run, applied);
  interpreter::Evaluator(run.context, let->value)
      .run_into({.batch = &run.batch, .indices = candidates}, run.batch.lets[let->column]);
}

}  // namespace

void remember(Run& run, const graph::Step& step, interpreter::Barriers barriers) {
  if (!run.plan.replays) return;
  History& history = run.history;
  if (std::holds_alternative<graph::LetStep>(step.what) || std::holds_alternative<graph::ScoreStep>(step.what) ||
      std::holds_alternative<graph::WhereStep>(step.what)) {
    history.applied.push_back({&step, std::move(barriers)});
  } else if (is_cutter(step)) {
    history.since_cut = history.applied.size();
    if (const auto* rerank = std::get_if<graph::RerankStep>(&step.what)) {
      history.rerank = rerank;
      history.rerank_barriers = std::move(barriers);
    }
  }
}

void cut(Run& run, std::vector<uint32_t> order, size_t count) {
  const size_t kept = std::min(order.size(), count);
  run.history.left_out.assign(order.begin() + static_cast<std::ptrdiff_t>(kept), order.end());
  order.resize(kept);
  run.batch.order = std::move(order);
  run.batch.in_base_order = false;
}

std::vector<uint32_t> add_rows(Run& run, const std::vector<uint32_t>& rows) {
  auto& batch = run.batch;
  const size_t before = batch.rows.size(), after = before + rows.size();
  batch.rows.insert(batch.rows.end(), rows.begin(), rows.end());
  batch.rows_by_one = false;
  std::vector<uint32_t> added(rows.size());
  std::iota(added.begin(), added.end(), static_cast<uint32_t>(before));
  const auto& channels = std::get<graph::RecallStep>(run.plan.steps.front().what).channels;
  for (size_t c = 0; c < batch.channels.size(); ++c) {
    auto& channel = batch.channels[c];
    channel.position = grown(run, channel.position, after);
    if (!channel.score.empty()) channel.score = grown(run, channel.score, after);
    for (size_t e = 0; e < channel.emits.size(); ++e) {
      if (channel.emits[e].present == nullptr) continue;
      const graph::Plan& page = *channels[c].pipeline;
      grow(run, channel.emits[e], types::optional(page.exprs[page.emits[e].value].type), before, after);
    }
  }
  for (Applied& applied : run.history.applied) {
    for (const uint32_t column : columns_of(*applied.step))
      grow(run, batch.lets[column], run.plan.let_columns[column].type, before, after);
    replay_column(run, applied, added);
  }
  return added;
}

std::vector<uint32_t> catch_up(Run& run, std::vector<uint32_t> candidates) {
  for (size_t i = run.history.since_cut; i < run.history.applied.size(); ++i) {
    Applied& applied = run.history.applied[i];
    replay_column(run, applied, candidates);
    const auto* where = std::get_if<graph::WhereStep>(&applied.step->what);
    if (where == nullptr) continue;
    std::vector<uint8_t> keep(candidates.size(), 1);
    {
      const Replay replay(run, applied);
      interpreter::Evaluator(run.context, where->condition.expr)
          .filter({.batch = &run.batch, .indices = candidates}, keep);
    }
    size_t kept = 0;
    for (size_t c = 0; c < candidates.size(); ++c) {
      if (keep[c] != 0) candidates[kept++] = candidates[c];
    }
    candidates.resize(kept);
  }
  return candidates;
}

}  // namespace rec::engine
