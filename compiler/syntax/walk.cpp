// Walking syntax trees.
#include "compiler/syntax/walk.h"

namespace rec::syntax {
namespace {

class Walker {
 public:
  explicit Walker(const VisitExpr& visit) : visit_(visit) {}

  void at(const ExprPtr& expr) {
    if (expr != nullptr) at(*expr);
  }
  void at(const Expr& expr) {
    visit_(expr);
    std::visit(*this, expr.node);
  }
  void at(const std::vector<Argument>& arguments) {
    for (const auto& argument : arguments) at(argument.value);
  }
  void at(const std::vector<ExprPtr>& exprs) {
    for (const auto& expr : exprs) at(expr);
  }
  void at(const std::optional<OrderBy>& by) {
    if (by) at(by->key);
  }
  void at(const std::vector<Step>& steps) {
    for (const auto& step : steps) std::visit(*this, step.node);
  }
  void at(const Record& record) {
    for (const auto& field : record.fields) at(field.value);
  }

  // ---- expressions ----
  template <typename Leaf>
  void operator()(const Leaf&) {}
  void operator()(const ListLiteral& e) { at(e.items); }
  void operator()(const Member& e) { at(e.base); }
  void operator()(const Index& e) { both(e.base, e.index); }
  void operator()(const Call& e) {
    at(e.callee);
    at(e.arguments);
  }
  void operator()(const Lambda& e) { at(e.body); }
  void operator()(const Unary& e) { at(e.operand); }
  void operator()(const Binary& e) { both(e.left, e.right); }
  void operator()(const InRange& e) {
    at(e.value);
    both(e.low, e.high);
  }
  void operator()(const IsNone& e) { at(e.value); }
  void operator()(const If& e) {
    at(e.condition);
    both(e.then_value, e.else_value);
  }

  // ---- steps ----
  void operator()(const DeadlineStep& s) { at(s.deadline); }
  void operator()(const EligibleStep& s) { at(s.condition); }
  void operator()(const WhereStep& s) { at(s.condition); }
  void operator()(const LetStep& s) { at(s.value); }
  void operator()(const ScoreStep& s) { at(s.inputs); }
  void operator()(const TopStep& s) { both(s.count, s.by.key); }
  void operator()(const SortStep& s) { at(s.by.key); }
  void operator()(const TakeStep& s) { both(s.count, s.per); }
  void operator()(const SampleStep& s) {
    both(s.count, s.by);
    at(s.temperature);
  }
  void operator()(const RecallStep& s) {
    for (const auto& channel : s.channels) {
      at(channel.source.arguments);
      both(channel.where, channel.take);
      both(channel.timeout, channel.when);
      at(channel.by);
    }
  }
  void operator()(const MergeStep& s) {
    for (const auto& argument : s.arguments) both(argument.low, argument.high);
  }
  void operator()(const WhenStep& s) {
    for (const auto& arm : s.arms) {
      at(arm.condition);
      at(arm.steps);
    }
  }
  void operator()(const RerankStep& s) {
    at(s.algorithm.arguments);
    both(s.take, s.after);
    for (const auto& rule : s.rules) {
      both(rule.count, rule.length);
      both(rule.where, rule.by);
    }
  }
  void operator()(const InsertStep& s) {
    at(s.source.arguments);
    both(s.where, s.take);
    both(s.timeout, s.when);
    at(s.by);
    at(s.positions);
    both(s.most, s.apart);
  }
  void operator()(const BackfillStep& s) { at(s.count); }
  void operator()(const EmitStep& s) {
    for (const auto& item : s.items) at(item.value);
  }

  // ---- tests ----
  void operator()(const GivenLine& l) {
    for (const auto& record : l.records) at(record);
  }
  void operator()(const WithRecord& l) { at(l.record); }
  void operator()(const WithParameter& l) { at(l.value); }
  void operator()(const ExpectThat& l) { both(l.condition, l.position); }
  void operator()(const ExpectOrdered& l) { at(l.by.key); }

 private:
  void both(const ExprPtr& a, const ExprPtr& b) {
    at(a);
    at(b);
  }
  const VisitExpr& visit_;
};

}  // namespace

void each_expr(const Expr& expr, const VisitExpr& visit) {
  Walker(visit).at(expr);
}

void each_expr(const Step& step, const VisitExpr& visit) {
  Walker walker(visit);
  std::visit(walker, step.node);
}

void each_expr(const PipelineDecl& pipeline, const VisitExpr& visit) {
  Walker(visit).at(pipeline.steps);
}

void each_expr(const TestDecl& test, const VisitExpr& visit) {
  Walker walker(visit);
  for (const auto& line : test.lines) std::visit(walker, line.node);
}

void each_expr(const Module& module, const VisitExpr& visit) {
  Walker walker(visit);
  for (const auto& fn : module.functions) walker.at(fn.body);
  for (const auto& pipeline : module.pipelines) each_expr(pipeline, visit);
  for (const auto& test : module.tests) each_expr(test, visit);
}

void each_step(const std::vector<Step>& steps, const VisitStep& visit) {
  for (const auto& step : steps) {
    visit(step);
    const auto* when = std::get_if<WhenStep>(&step.node);
    if (when == nullptr) continue;
    for (const auto& arm : when->arms) each_step(arm.steps, visit);
  }
}

}  // namespace rec::syntax
