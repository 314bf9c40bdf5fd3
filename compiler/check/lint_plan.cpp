// Lints of plans: conditions and arms that decide nothing, channels that bring nothing, counts beyond what can arrive.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/check/lint.h"

namespace rec::check {
namespace {

using diagnostics::Code;
using graph::ExprId;
using graph::kNoExpr;
using Bound = std::optional<int64_t>;  // the most candidates there can be; nothing: nobody knows

template <typename T>
std::optional<T> known(const graph::Plan& plan, ExprId id) {
  if (id == kNoExpr || plan.exprs[id].op != graph::Op::constant) return {};
  const auto* value = std::get_if<T>(&plan.exprs[id].value);
  return value != nullptr ? std::optional<T>(*value) : std::nullopt;
}

Bound least(Bound a, Bound b) {
  return !a ? b : !b ? a : std::min(a, b);
}

Bound after_steps(const graph::Plan& plan, const std::vector<graph::Step>& steps, Bound bound);

Bound bound_of(const graph::Plan& plan, const graph::Channel& channel) {
  Bound take = known<int64_t>(plan, channel.take);
  if (take) take = std::max<int64_t>(*take, 0);
  return channel.pipeline == nullptr ? take : least(take, after_steps(*channel.pipeline, channel.pipeline->steps, {}));
}

Bound bound_of(const graph::Plan& plan, const graph::RecallStep& recall) {
  int64_t sum = 0;
  for (const auto& channel : recall.channels) {
    const Bound bound = bound_of(plan, channel);
    if (!bound) return {};
    sum += std::min<int64_t>(*bound, INT32_MAX);
  }
  return sum;
}

/// What a step asks for, where that can be said of all of the page.
ExprId count_of(const graph::Step& step) {
  if (const auto* top = std::get_if<graph::TopStep>(&step.what)) return top->count;
  if (const auto* take = std::get_if<graph::TakeStep>(&step.what)) return take->per == kNoExpr ? take->count : kNoExpr;
  if (const auto* sample = std::get_if<graph::SampleStep>(&step.what)) return sample->count;
  if (const auto* rerank = std::get_if<graph::RerankStep>(&step.what)) return rerank->take;
  return kNoExpr;
}

Bound after_step(const graph::Plan& plan, const graph::Step& step, Bound bound) {
  if (const auto* recall = std::get_if<graph::RecallStep>(&step.what))
    return least(bound_of(plan, *recall), known<int64_t>(plan, recall->merge.take));
  if (const auto* when = std::get_if<graph::WhenStep>(&step.what)) {
    Bound most = when->arms.back().condition.expr == kNoExpr ? Bound(0) : bound;
    for (const auto& arm : when->arms) {
      const Bound after = after_steps(plan, arm.steps, bound);
      most = !most || !after ? Bound() : std::max(most, after);
    }
    return most;
  }
  if (std::holds_alternative<graph::InsertStep>(step.what) || std::holds_alternative<graph::BackfillStep>(step.what))
    return {};
  return least(bound, known<int64_t>(plan, count_of(step)));
}

Bound after_steps(const graph::Plan& plan, const std::vector<graph::Step>& steps, Bound bound) {
  for (const auto& step : steps) bound = after_step(plan, step, bound);
  return bound;
}

class PlanLints {
 public:
  PlanLints(const graph::Plan& plan, diagnostics::Diagnostics& diagnostics) : plan_(plan), diagnostics_(diagnostics) {}

  void steps(const std::vector<graph::Step>& steps, Bound bound) {
    for (const auto& step : steps) {
      std::visit([&](const auto& what) { look(what, bound); }, step.what);
      const ExprId count = count_of(step);
      reach(known<int64_t>(plan_, count), bound, count == kNoExpr ? step.span : plan_.exprs[count].span);
      bound = after_step(plan_, step, bound);
    }
  }

 private:
  template <typename Step>
  void look(const Step&, Bound) {}

  void look(const graph::RecallStep& recall, Bound) {
    for (size_t c = 0; c < recall.channels.size(); ++c) {
      const auto& channel = recall.channels[c];
      for (const auto& condition : channel.where) decides(condition.expr, condition.span);
      const bool none = known<int64_t>(plan_, channel.take) == 0;
      const bool off = known<bool>(plan_, channel.when) == false;
      const auto& counts = recall.merge.counts;
      const bool uncounted =
          c < counts.size() &&
          known<int64_t>(plan_, counts[c].second != kNoExpr ? counts[c].second : counts[c].first) == 0;
      if (!none && !off && !uncounted) continue;
      diagnostics_
          .warning(Code::unmerged_channel, channel.span,
                   fmt::format("channel `{}` is never merged: {}", channel.name,
                               none  ? "it takes 0"
                               : off ? "its `when` is never true"
                                     : "its count in `merge` is 0"),
                   "brings nothing to the page")
          .help.emplace_back("remove it, or let it take some");
    }
    reach(known<int64_t>(plan_, recall.merge.take), bound_of(plan_, recall), recall.merge.span);
  }
  void look(const graph::WhereStep& where, Bound) { decides(where.condition.expr, where.condition.span); }
  void look(const graph::RerankStep& rerank, Bound) {
    for (const auto& rule : rerank.rules) {
      if (rule.where != kNoExpr) decides(rule.where, plan_.exprs[rule.where].span);
    }
  }
  void look(const graph::WhenStep& when, Bound bound) {
    std::optional<source::Span> always;
    for (size_t i = 0; i < when.arms.size(); ++i) {
      const auto& arm = when.arms[i];
      const auto value = known<bool>(plan_, arm.condition.expr);
      const auto same = std::ranges::find(when.arms.begin(), when.arms.begin() + static_cast<std::ptrdiff_t>(i),
                                          arm.condition.expr, [](const auto& each) { return each.condition.expr; });
      const bool repeated = same != when.arms.begin() + static_cast<std::ptrdiff_t>(i);
      const source::Span place = arm.condition.expr != kNoExpr ? arm.condition.span
                                 : arm.steps.empty()           ? when.arms.front().condition.span
                                                               : arm.steps.front().span;
      if (always || value == false || repeated) {
        auto& d = diagnostics_.warning(Code::dead_arm, place, "this side of `when` never runs",
                                       value == false ? "never true" : "never reached");
        if (always) d.secondary.push_back({*always, "always true"});
        if (!always && repeated) d.secondary.push_back({same->condition.span, "the same condition, taken there"});
        d.help.emplace_back("remove it, or mend its condition");
      } else if (value == true) {
        decides(arm.condition.expr, arm.condition.span);
      }
      if (value == true && !always) always = arm.condition.span;
      steps(arm.steps, bound);
    }
  }

  void decides(ExprId id, source::Span span) {
    if (id == kNoExpr || plan_.exprs[id].level != graph::kConstant) return;
    const auto value = known<bool>(plan_, id);
    diagnostics_
        .warning(Code::constant_condition, span, "this condition is the same for every candidate and every request",
                 !value   ? "decides nothing"
                 : *value ? "always true"
                          : "always false")
        .help.emplace_back("remove it, or name what it should look at; what changes by experiment is a `param`");
  }

  void reach(Bound wanted, Bound bound, source::Span span) {
    if (!wanted || !bound || *wanted <= *bound) return;
    diagnostics_
        .warning(Code::take_too_large, span,
                 fmt::format("{} are asked for, and at most {} can arrive", *wanted, *bound), "never filled")
        .help.emplace_back("let the channels and steps before take more, or ask for less");
  }

  const graph::Plan& plan_;
  diagnostics::Diagnostics& diagnostics_;
};

}  // namespace

void lint_plan(const graph::Plan& plan, diagnostics::Diagnostics& diagnostics) {
  PlanLints(plan, diagnostics).steps(plan.steps, {});
}

}  // namespace rec::check
