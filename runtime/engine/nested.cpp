// Nested runs, and their values as columns of the request that asked for them.
#include "runtime/engine/nested.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/engine/missing.h"
#include "runtime/interpreter/barriers.h"

namespace rec::engine {
namespace {

using types::Kind;
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// Codes of strings are those of one request: they are made anew in the other's.
void translate(Run& outer, Run& inner, const types::Type& type, std::byte* value) {
  const auto code = [&](int32_t from) { return outer.context.strings().intern(inner.context.strings().text(from)); };
  if (type.kind == Kind::string) {
    int32_t text = 0;
    std::memcpy(&text, value, sizeof text);
    text = code(text);
    std::memcpy(value, &text, sizeof text);
  } else if (type.kind == Kind::list && type.element == Kind::string) {
    column::ListRef list{};
    std::memcpy(&list, value, sizeof list);
    const auto texts = outer.arena().allocate<int32_t>(list.size);
    for (size_t i = 0; i < list.size; ++i) texts[i] = code(list.as<int32_t>()[i]);
    list.data = texts.data();
    std::memcpy(value, &list, sizeof list);
  }
}

}  // namespace

Nested::Nested(std::shared_ptr<RequestState> a_state, Run& outer)
    : state(std::move(a_state)),
      run{.plan = *state->plan,
          .generation = *state->generation,
          .context = state->context,
          .sources = outer.sources,
          .trace = outer.traced ? &trace : nullptr,
          .traced = outer.traced,
          .pool = outer.pool,
          .owner = state,
          .models = outer.models,
          .tiers = outer.tiers} {
  state->use(outer.tiers);
}

std::shared_ptr<Nested> run_nested(Run& outer, const graph::PlanPtr& plan, Deadline until) {
  const auto begin = std::chrono::steady_clock::now();
  const auto start = [&](const graph::PlanPtr& of) {
    return std::make_shared<Nested>(std::make_shared<RequestState>(of, outer.owner->generation, outer.context.inputs()),
                                    outer);
  };
  auto nested = start(plan);
  Run& run = nested->run;
  run.deadline = until;
  if (plan->deadline != graph::kNoExpr) {
    const auto own = begin + duration_of(run.context.integer(plan->deadline));
    if (!until || own < *until) run.deadline = own;
  }
  run_plan(run);
  if (run.failure || !run.cut_off || plan->otherwise == nullptr) return nested;
  auto other = start(plan->otherwise);
  other->run.deadline = until;
  run_plan(other->run);
  run.degraded.push_back({"deadline", fmt::format("the page is that of `{}`", plan->otherwise->name)});
  other->run.degraded.insert(other->run.degraded.begin(), run.degraded.begin(), run.degraded.end());
  other->run.gone += run.gone + run.context.gone();
  other->run.waited_for_code |= run.waited_for_code || run.context.waited_for_code();
  return other;
}

interpreter::BatchColumn emitted_column(Run& outer, Nested& nested, const graph::Plan& plan, uint32_t emit,
                                        std::span<const uint32_t> places, std::span<const uint32_t> at, size_t rows) {
  Run& inner = nested.run;
  const types::Type& type = plan.exprs[plan.emits[emit].value].type;
  const size_t width = types::width(type);
  interpreter::BatchColumn out{.values = outer.arena().allocate<std::byte>(rows * width),
                               .present = outer.arena().allocate<uint8_t>(rows).data()};
  std::ranges::fill(out.values, std::byte{});
  std::memset(out.present, 0, rows);
  const auto same = std::ranges::find(inner.plan.emits, plan.emits[emit].name, &graph::Emit::name);
  if (same == inner.plan.emits.end() || inner.plan.exprs[same->value].type != type) return out;
  if (is_missing(inner, same->value)) return out;
  interpreter::Barriers barriers;
  inner.batch.barriers = &barriers;
  interpreter::Evaluator evaluator(inner.context, same->value);
  const interpreter::Values values = evaluator.run(inner.present());
  inner.batch.barriers = nullptr;
  for (size_t i = 0; i < places.size(); ++i) {
    if (!values.has(places[i])) continue;
    std::byte* const value = out.values.data() + at[i] * width;
    std::memcpy(value, static_cast<const std::byte*>(values.data) + places[i] * width, width);
    translate(outer, inner, type, value);
    out.present[at[i]] = 1;
  }
  return out;
}

}  // namespace rec::engine
