// A request from start to page: inputs, then the plan's steps in order, then the values to return.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/channel_task.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/errors.h"
#include "runtime/engine/missing.h"
#include "runtime/engine/observer.h"
#include "runtime/engine/request_inputs.h"
#include "runtime/engine/run.h"
#include "runtime/engine/segment.h"
#include "runtime/interpreter/barriers.h"

namespace rec::engine {
namespace {

void run_steps(Run& run, const std::vector<graph::Step>& steps, size_t first);

/// The first side whose condition holds.
void run_when(Run& run, const graph::WhenStep& step, trace::StepTrace& trace) {
  for (const graph::WhenArm& arm : step.arms) {
    const graph::ExprId condition = arm.condition.expr;
    if (condition != graph::kNoExpr && *run.context.value(condition).as<uint8_t>() == 0) continue;
    if (run.trace != nullptr) trace.text = condition == graph::kNoExpr ? "else" : "when " + arm.condition.text;
    return run_steps(run, arm.steps, 0);
  }
  if (run.trace != nullptr) trace.text = "when: no side";
}

/// Every step but the recall.
struct StepRunner {
  Run& run;
  trace::StepTrace& trace;
  void operator()(const graph::RecallStep&) {}
  void operator()(const graph::WhereStep& step) { run_where(run, step, trace); }
  void operator()(const graph::LetStep& step) { run_let(run, step); }
  void operator()(const graph::TopStep& step) { run_top(run, step, trace); }
  void operator()(const graph::SortStep& step) { run_sort(run, step, trace); }
  void operator()(const graph::ScoreStep& step) { run_score(run, step, trace); }
  void operator()(const graph::TakeStep& step) { run_take(run, step, trace); }
  void operator()(const graph::RerankStep& step) { run_rerank(run, step, trace); }
  void operator()(const graph::SampleStep& step) { run_sample(run, step, trace); }
  void operator()(const graph::WhenStep& step) { run_when(run, step, trace); }
  void operator()(const graph::InsertStep& step) { run_insert(run, step, trace); }
  void operator()(const graph::BackfillStep& step) { run_backfill(run, step, trace); }
};

void run_step(Run& run, const graph::Step& step) {
  const Stopwatch watch;
  trace::StepTrace trace;
  if (run.trace != nullptr)
    trace = {.step = std::string(graph::step_name(step)), .text = step.text, .line = run.line(step.span)};
  trace.in = page_size(run);
  const size_t place = run.trace == nullptr ? 0 : run.trace->steps.size();  // a `when` stands before its steps
  const interpreter::NativeUse before = run.context.native_use();
  interpreter::Barriers barriers;
  run.batch.barriers = &barriers;
  if (run.observer != nullptr) run.observer->before(run, step);
  std::visit(StepRunner{run, trace}, step.what);
  if (run.observer != nullptr) run.observer->after(run, step);
  run.batch.barriers = nullptr;
  remember(run, step, std::move(barriers));
  if (run.trace == nullptr) return;
  trace.out = page_size(run);
  trace.us = watch.us();
  trace.engine = engine_of(run, before);
  run.trace->steps.insert(run.trace->steps.begin() + static_cast<std::ptrdiff_t>(place), std::move(trace));
}

void run_steps(Run& run, const std::vector<graph::Step>& steps, size_t first) {
  for (size_t at = first; at < steps.size() && !is_over(run);) {
    const size_t native = run_segment(run, steps, at);
    if (native == 0) run_step(run, steps[at]);
    at += std::max<size_t>(native, 1);
  }
}

using PlanRef = std::shared_ptr<const graph::Plan>;
using GenerationRef = std::shared_ptr<const store::Generation>;

std::optional<Error> failure_of(Run& run, const std::string& user) {
  if (run.failure) return std::move(run.failure);
  const auto& damage = run.damage ? run.damage : run.context.error();
  if (!damage) return {};
  return request_error(diagnostics::Code::damaged_user_store,
                       fmt::format("cannot read what user `{}` did: {}", user, *damage),
                       "`rec-build DIR` makes the data anew");
}

std::expected<Page, Error> make_page(const PlanRef& given, const GenerationRef& generation, const Request& request,
                                     const Serving& serving, Observer* observer, bool has_deadline = true) {
  const Stopwatch watch;
  const auto begin = std::chrono::steady_clock::now();
  // Whoever looks on sees the steps that were written; the page is the same.
  const PlanRef& plan = request.trace || observer != nullptr ? graph::as_written(given) : given;
  if (auto missing = not_built(graph::as_written(*plan), *generation, serving.models.get(), serving.sources))
    return std::unexpected(std::move(*missing));
  auto inputs = request_inputs(*plan, *generation, request);
  if (!inputs) return std::unexpected(std::move(inputs.error()));
  inputs->block = serving.block.value_or(inputs->block);
  Page page{.pipeline = plan->name,
            .user = request.user,
            .table = generation->table(plan->item_table).name(),
            .request_id = inputs->id,
            .generation = generation->number()};
  const auto state = std::make_shared<RequestState>(plan, generation, std::move(*inputs));
  interpreter::RequestContext& context = state->context;
  trace::Trace trace;
  Run run{.plan = *plan,
          .generation = *generation,
          .context = context,
          .sources = serving.sources,
          .observer = observer,
          .pool = serving.pool,
          .owner = state,
          .models = serving.models,
          .tiers = observer == nullptr ? serving.tiers : nullptr};
  state->use(run.tiers);
  if (request.trace) run.trace = &trace;
  run.traced = request.trace;
  if (has_deadline && plan->deadline != graph::kNoExpr)
    run.deadline = begin + duration_of(context.integer(plan->deadline));

  run_plan(run);
  if (!run.failure && run.cut_off && plan->otherwise != nullptr) {
    auto other = make_page(plan->otherwise, generation, request, serving, nullptr, false);
    if (!other) return other;
    run.degraded.push_back({"deadline", fmt::format("the page is that of `{}`", plan->otherwise->name)});
    other->pipeline = plan->name;
    other->degraded.insert(other->degraded.begin(), run.degraded.begin(), run.degraded.end());
    return other;
  }
  page.value_names.reserve(plan->emits.size());
  for (const auto& emit : plan->emits) page.value_names.push_back(emit.name);
  if (!run.failure) page.items = collect_items(run);
  if (auto failure = failure_of(run, request.user)) return std::unexpected(std::move(*failure));
  const bool is_native = context.tier() != nullptr && !context.waited_for_code() && !run.waited_for_code;
  if (is_native) page.engine = "jit";
  if (serving.tiers != nullptr) serving.tiers->count(is_native);
  page.degraded = std::move(run.degraded);
  if (request.trace) {
    trace.gone = context.gone() + run.gone;
    trace.us = watch.us();
    page.trace = std::move(trace);
  }
  return page;
}

/// For a call that ends before its caller's plan and generation do, and leaves nothing behind.
template <typename T>
std::shared_ptr<const T> borrowed(const T& value) {
  return {std::shared_ptr<const void>(), &value};
}

}  // namespace

void run_plan(Run& run) {
  run.batch.lets.resize(run.plan.let_columns.size());
  run.missing.assign(run.plan.let_columns.size(), 0);
  const auto& recall = run.plan.steps.front();
  run_recall(run, std::get<graph::RecallStep>(recall.what), recall);
  if (!is_over(run)) run_steps(run, run.plan.steps, 1);
}

std::chrono::microseconds duration_of(int64_t us) {
  constexpr int64_t kYear = int64_t{366} * 86'400 * 1'000'000;
  return std::chrono::microseconds(std::clamp<int64_t>(us, 0, kYear));
}

std::string engine_of(const Run& run, interpreter::NativeUse before, interpreter::NativeUse elsewhere) {
  if (run.context.tier() == nullptr) return {};
  const auto after = run.context.native_use();
  const bool ran = after.ran + elsewhere.ran > before.ran, waited = after.waited + elsewhere.waited > before.waited;
  if (waited) return ran ? "native and interpreter" : "interpreter";
  return ran ? "native" : "";
}

uint32_t count_of(const Run& run, graph::ExprId expr) {
  return static_cast<uint32_t>(std::clamp<int64_t>(run.context.integer(expr), 0, INT32_MAX));
}

std::expected<Page, Error> recommend(const graph::Plan& plan, const store::Generation& generation,
                                     const Request& request, const source::Sources* sources) {
  return recommend_observed(plan, generation, request, {.sources = sources}, nullptr);
}

std::expected<Page, Error> recommend(const std::shared_ptr<const graph::Plan>& plan,
                                     const std::shared_ptr<const store::Generation>& generation, const Request& request,
                                     const Serving& serving) {
  return make_page(plan, generation, request, serving, nullptr);
}

std::expected<Page, Error> recommend_observed(const graph::Plan& plan, const store::Generation& generation,
                                              const Request& request, const Serving& serving, Observer* observer) {
  return make_page(borrowed(plan), borrowed(generation), request, serving, observer);
}

}  // namespace rec::engine
