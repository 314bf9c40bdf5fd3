// `score NAME = MODEL`: columns of a model's outputs; where it fails or is too late they are missing, and the page does
// without.
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/engine/missing.h"
#include "runtime/engine/model_call.h"
#include "runtime/engine/pool.h"
#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

using Clock = Pool::Clock;
using Outputs = std::vector<std::vector<float>>;

constexpr const char* kTimeout = "timeout";

std::string name_of(const Run& run, const graph::ScoreStep& step) {
  const std::string& column = run.plan.let_columns[step.columns.front()].name;
  return column.substr(0, column.find('.'));
}

/// Waits no longer than the page may take. A model that is late is left to itself.
std::expected<void, std::string> finish(Run& run, const graph::ScoreStep& step,
                                        const std::shared_ptr<ModelTask>& task) {
  if (run.pool == nullptr || !run.deadline) {
    task->call({});
    if (!run.deadline || Clock::now() <= *run.deadline) return task->result;
    run.cut_off = true;
    return std::unexpected(kTimeout);
  }
  const auto running = run.pool->start([task](std::stop_token stop) { task->call(std::move(stop)); },
                                       "model " + run.generation.catalog().models[step.model].name);
  switch (run.pool->wait(running, run.deadline)) {
    case Pool::Outcome::done:
      return task->result;
    case Pool::Outcome::late:
      run.cut_off = true;
      return std::unexpected(kTimeout);
    case Pool::Outcome::refused:
      break;
  }
  return std::unexpected("no worker is free: earlier models or sources did not stop when they were told to");
}

std::expected<Outputs, std::string> outputs_of(Run& run, const graph::ScoreStep& step,
                                               std::span<const uint32_t> candidates) {
  if (run.deadline && Clock::now() >= *run.deadline) {
    run.cut_off = true;
    return std::unexpected("not begun, the deadline had passed");
  }
  if (std::ranges::any_of(step.inputs, [&](graph::ExprId input) { return is_missing(run, input); }))
    return std::unexpected("it reads a score that is missing");
  if (candidates.empty()) return Outputs(step.columns.size());
  const auto task = std::make_shared<ModelTask>(run, step, candidates);
  if (auto done = finish(run, step, task); !done) return std::unexpected(std::move(done.error()));
  return std::move(task->outputs);
}

float* column(Run& run, uint32_t index) {
  return reinterpret_cast<float*>(run.batch.lets[index].values.data());
}

}  // namespace

void run_score(Run& run, const graph::ScoreStep& step, trace::StepTrace& trace) {
  const auto outputs = outputs_of(run, step, run.batch.order);
  if (!outputs) {
    for (const uint32_t index : step.columns) run.missing[index] = 1;
    run.degraded.push_back({"score " + name_of(run, step), outputs.error()});
    trace.degraded = outputs.error();
    return;
  }
  const size_t rows = run.batch.rows.size();
  for (size_t c = 0; c < step.columns.size(); ++c) {
    run.batch.lets[step.columns[c]].values = std::as_writable_bytes(run.arena().allocate<float>(rows));
    float* values = column(run, step.columns[c]);
    for (size_t i = 0; i < run.batch.order.size(); ++i) {
      values[run.batch.order[i]] = (*outputs)[c][i];
      trace.nan += std::isnan((*outputs)[c][i]) ? 1 : 0;
    }
  }
}

void score_late_rows(Run& run, const graph::ScoreStep& step, std::span<const uint32_t> candidates) {
  if (run.missing[step.columns.front()] != 0 || candidates.empty()) return;
  const auto outputs = outputs_of(run, step, candidates);
  if (!outputs) run.degraded.push_back({"score " + name_of(run, step) + " of later rows", outputs.error()});
  for (size_t c = 0; c < step.columns.size(); ++c) {
    float* values = column(run, step.columns[c]);
    for (size_t i = 0; i < candidates.size(); ++i)
      values[candidates[i]] = outputs ? (*outputs)[c][i] : std::numeric_limits<float>::quiet_NaN();
  }
}

}  // namespace rec::engine
