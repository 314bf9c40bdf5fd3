// Every place of a plan where an expression is named: what passes rewrite, and what tells which expressions are in use.
#pragma once

#include <type_traits>
#include <variant>

#include "compiler/graph/plan.h"

namespace rec::graph {

/// Calls `visit` on each ExprId that a step, or a plan, names and that is given (not kNoExpr). With a constant plan it
/// gets `const ExprId&`. Plans within it (of channels, `insert`, `else`) have expressions of their own.
template <typename Visit>
class References {
 public:
  explicit References(Visit& visit) : visit_(visit) {}

  template <typename P>
    requires std::is_same_v<std::remove_const_t<P>, Plan>
  void of(P& plan) {
    one(plan.deadline);
    for (auto& step : plan.steps) of(step);
    for (auto& emit : plan.emits) one(emit.value);
  }

  template <typename S>
    requires std::is_same_v<std::remove_const_t<S>, Step>
  void of(S& step) {
    std::visit([&](auto& what) { in(what); }, step.what);
  }

 private:
  template <typename Id>
  void one(Id& id) {
    if (id != kNoExpr) visit_(id);
  }
  template <typename Ids>
  void all(Ids& ids) {
    for (auto& id : ids) one(id);
  }

  template <typename T, typename Of>
  static constexpr bool is = std::is_same_v<std::remove_const_t<T>, Of>;

  template <typename T>
  void in(T& step) {
    if constexpr (is<T, RecallStep>) {
      for (auto& channel : step.channels) in_channel(channel);
      in_merge(step.merge);
    } else if constexpr (is<T, WhereStep>) {
      one(step.condition.expr);
    } else if constexpr (is<T, LetStep>) {
      one(step.value);
    } else if constexpr (is<T, ScoreStep>) {
      all(step.inputs);
    } else if constexpr (is<T, TopStep>) {
      one(step.count);
      one(step.by.key);
    } else if constexpr (is<T, SortStep>) {
      one(step.by.key);
    } else if constexpr (is<T, TakeStep>) {
      one(step.count);
      one(step.per);
    } else if constexpr (is<T, SampleStep>) {
      one(step.count);
      one(step.by);
      one(step.temperature);
    } else if constexpr (is<T, WhenStep>) {
      for (auto& arm : step.arms) {
        one(arm.condition.expr);
        for (auto& inner : arm.steps) of(inner);
      }
    } else if constexpr (is<T, RerankStep>) {
      in_rerank(step);
    } else if constexpr (is<T, InsertStep>) {
      one(step.when);
      all(step.positions);
      one(step.most);
      one(step.apart);
    } else {
      static_assert(is<T, BackfillStep>);
      one(step.count);
    }
  }

  template <typename C>
  void in_channel(C& channel) {
    for (auto& argument : channel.arguments) one(argument.expr);
    for (auto& condition : channel.where) one(condition.expr);
    if (channel.by) one(channel.by->key);
    for (auto& look_up : channel.look_ups) one(look_up.value);
    one(channel.take);
    one(channel.timeout);
    one(channel.when);
  }
  template <typename M>
  void in_merge(M& merge) {
    for (auto& [least, most] : merge.counts) {
      one(least);
      one(most);
    }
    all(merge.weights);
    one(merge.take);
  }
  template <typename R>
  void in_rerank(R& rerank) {
    one(rerank.relevance);
    one(rerank.theta);
    one(rerank.window);
    one(rerank.take);
    one(rerank.gamma);
    one(rerank.vectors);
    one(rerank.after);
    for (auto& term : rerank.similarity) {
      one(term.weight);
      one(term.column);
    }
    for (auto& rule : rerank.rules) {
      one(rule.count);
      one(rule.length);
      one(rule.where);
      one(rule.by);
    }
  }

  Visit& visit_;
};

template <typename Of, typename Visit>
void each_reference(Of& plan_or_step, Visit visit) {
  References<Visit>(visit).of(plan_or_step);
}

}  // namespace rec::graph
