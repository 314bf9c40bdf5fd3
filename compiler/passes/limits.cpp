// `limits`: counts take effect as early as they can. `sort` and `take` behind it are `top`; a `take` behind a cut is
// that cut; what is cut anyway is not brought, where the order is kept; `top`, `take` and `sample` run before the
// `let`s that they do not read. Where a `backfill` asks what the last cut left out, cuts stay as they are.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/graph/print.h"
#include "compiler/passes/list.h"
#include "compiler/passes/rewrite.h"
#include "compiler/passes/step_facts.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::kNoExpr;
using graph::Step;

bool fills_up(const std::vector<Step>& steps) {
  return std::ranges::any_of(steps,
                             [](const Step& step) { return std::holds_alternative<graph::BackfillStep>(step.what); });
}

class Limits {
 public:
  Limits(graph::Plan& plan, const Context& context)
      : plan_(plan), catalog_(context.catalog), fills_up_(fills_up(plan.steps)) {}

  bool run() {
    sequence(plan_.steps);
    return changed_;
  }

 private:
  void sequence(std::vector<Step>& steps) {
    for (size_t i = 1; i < steps.size(); ++i) move_before_lets(steps, i);
    for (size_t i = 0; i + 1 < steps.size();) {
      if (merged(steps[i], steps[i + 1])) {
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(i + 1));
        changed_ = true;
        i -= i > 0 ? 1 : 0;
      } else if (needless(steps[i], steps[i + 1])) {
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(i));
        changed_ = true;
      } else {
        ++i;
      }
    }
    for (Step& step : steps) {
      auto* when = std::get_if<graph::WhenStep>(&step.what);
      if (when == nullptr) continue;
      for (auto& arm : when->arms) sequence(arm.steps);
    }
  }

  // ---- before the columns that a cut does not read ----

  void move_before_lets(std::vector<Step>& steps, size_t at) {
    const auto& what = steps[at].what;
    const bool cut = std::holds_alternative<graph::TopStep>(what) || std::holds_alternative<graph::TakeStep>(what) ||
                     std::holds_alternative<graph::SampleStep>(what);
    if (!cut) return;
    const StepFacts facts = facts_of(plan_, steps[at], catalog_);
    if (facts.looks_at_all) return;
    for (; at > 0 && std::holds_alternative<graph::LetStep>(steps[at - 1].what); --at) {
      const StepFacts before = facts_of(plan_, steps[at - 1], catalog_);
      if (before.looks_at_all || overlap(before.writes, facts.reads)) return;
      std::swap(steps[at - 1], steps[at]);
      changed_ = true;
    }
  }

  // ---- two steps that are one ----

  bool same_order(const graph::Order& a, const graph::Order& b) const {
    return a.key == b.key && a.ascending == b.ascending && (plan_.exprs[a.key].level & graph::kBarrier) == 0;
  }

  /// Whether the first does what both do, with what it takes over from the second.
  bool merged(Step& first, const Step& second) {
    if (const auto* sort = std::get_if<graph::SortStep>(&second.what)) {
      const auto* by = order_of(first);
      return by != nullptr && same_order(*by, sort->by);
    }
    const auto* take = std::get_if<graph::TakeStep>(&second.what);
    if (take == nullptr || take->per != kNoExpr) return false;
    if (auto* sort = std::get_if<graph::SortStep>(&first.what)) {
      first.text = fmt::format("{}, {}", first.text, second.text);
      first.what = graph::TopStep{take->count, sort->by};
      return true;
    }
    if (fills_up_) return false;
    if (auto* recall = std::get_if<graph::RecallStep>(&first.what)) return lowered(*recall, take->count);
    if (auto* sample = std::get_if<graph::SampleStep>(&first.what)) return lowered(sample->count, take->count);
    if (auto* top = std::get_if<graph::TopStep>(&first.what)) return lowered(top->count, take->count);
    auto* other = std::get_if<graph::TakeStep>(&first.what);
    return other != nullptr && other->per == kNoExpr && lowered(other->count, take->count);
  }

  static const graph::Order* order_of(const Step& step) {
    if (const auto* sort = std::get_if<graph::SortStep>(&step.what)) return &sort->by;
    const auto* top = std::get_if<graph::TopStep>(&step.what);
    return top == nullptr ? nullptr : &top->by;
  }

  /// A `sort` right before a `top` in the same order.
  bool needless(const Step& first, const Step& second) const {
    const auto* sort = std::get_if<graph::SortStep>(&first.what);
    const auto* top = std::get_if<graph::TopStep>(&second.what);
    return sort != nullptr && top != nullptr && same_order(sort->by, top->by);
  }

  /// The smaller of two counts, where that is known.
  bool lowered(ExprId& count, ExprId other) const {
    if (count == other) return true;
    const auto *a = constant<int64_t>(plan_.exprs, count), *b = constant<int64_t>(plan_.exprs, other);
    if (a == nullptr || b == nullptr) return false;
    count = *b < *a ? other : count;
    return true;
  }

  // ---- what need not be brought ----

  /// Policies that place one item after another, whatever the count: a smaller one gives the first of the same list.
  static bool cuts_at_its_end(const operators::OperatorDef& policy) {
    static constexpr std::array<std::string_view, 5> kNames{"in_order", "round_robin", "quota", "best", "sum"};
    return std::ranges::find(kNames, policy.name) != kNames.end();
  }
  /// Sources that bring the first of the same list for a smaller `take`. Searches in an index do not.
  static bool cuts_at_its_end(const graph::Channel& channel) {
    return channel.pipeline != nullptr || channel.source->name == "items";
  }

  bool lowered(graph::RecallStep& recall, ExprId count) const {
    graph::Channel& channel = recall.channels.front();
    const bool is_merged = recall.merge.policy != nullptr;
    if (is_merged ? !cuts_at_its_end(*recall.merge.policy) : !cuts_at_its_end(channel)) return false;
    ExprId& least = is_merged ? recall.merge.take : channel.take;
    const ExprId before = least;
    if (least == kNoExpr) least = count;
    if (!lowered(least, count)) return false;
    std::string& text = is_merged ? recall.merge.text : channel.text;
    if (least != before) text += fmt::format(", cut at {}", graph::print(plan_, catalog_, least));
    return true;
  }

  graph::Plan& plan_;
  const catalog::Catalog& catalog_;
  const bool fills_up_;
  bool changed_ = false;
};

bool run(graph::Plan& plan, const Context& context) {
  return Limits(plan, context).run();
}

}  // namespace

Pass limits() {
  return {.name = "limits", .doc = "`top`, `take` and what is brought are cut as early as they can be", .run = run};
}

}  // namespace rec::passes
