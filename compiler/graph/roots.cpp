// One place that knows all expressions of all steps.
#include "compiler/graph/roots.h"

namespace rec::graph {
namespace {

class Roots {
 public:
  explicit Roots(const std::function<void(ExprId)>& visit) : visit_(visit) {}

  void operator()(const RecallStep& step) {
    for (const Channel& channel : step.channels) {
      for (const SourceArgument& argument : channel.arguments) one(argument.expr);
      for (const Predicate& predicate : channel.where) one(predicate.expr);
      if (channel.by) one(channel.by->key);
      for (const LookUp& look_up : channel.look_ups) one(look_up.value);
      for (const ExprId id : {channel.take, channel.timeout, channel.when}) one(id);
    }
    for (const auto& [low, high] : step.merge.counts) one(low), one(high);
    for (const ExprId weight : step.merge.weights) one(weight);
    one(step.merge.take);
  }
  void operator()(const WhereStep& step) { one(step.condition.expr); }
  void operator()(const LetStep& step) { one(step.value); }
  void operator()(const ScoreStep& step) {
    for (const ExprId input : step.inputs) one(input);
  }
  void operator()(const TopStep& step) { one(step.count), one(step.by.key); }
  void operator()(const SortStep& step) { one(step.by.key); }
  void operator()(const TakeStep& step) { one(step.count), one(step.per); }
  void operator()(const SampleStep& step) { one(step.count), one(step.by), one(step.temperature); }
  void operator()(const WhenStep& step) {
    for (const WhenArm& arm : step.arms) {
      one(arm.condition.expr);
      for (const Step& inner : arm.steps) std::visit(*this, inner.what);
    }
  }
  void operator()(const RerankStep& step) {
    for (const ExprId id : {step.relevance, step.theta, step.window, step.take, step.gamma, step.vectors, step.after})
      one(id);
    for (const SimilarityTerm& term : step.similarity) one(term.weight), one(term.column);
    for (const Rule& rule : step.rules) one(rule.count), one(rule.length), one(rule.where), one(rule.by);
  }
  void operator()(const InsertStep& step) {
    for (const ExprId id : {step.when, step.most, step.apart}) one(id);
    for (const ExprId id : step.positions) one(id);
  }
  void operator()(const BackfillStep& step) { one(step.count); }

 private:
  void one(ExprId id) const {
    if (id != kNoExpr) visit_(id);
  }
  const std::function<void(ExprId)>& visit_;
};

}  // namespace

void for_each_root(const Step& step, const std::function<void(ExprId)>& visit) {
  Roots roots(visit);
  std::visit(roots, step.what);
}

}  // namespace rec::graph
