// Steps: what each asks of its expressions, and which columns are there to be read.
#include "compiler/passes/verify.h"

#include <fmt/format.h>

#include "compiler/graph/references.h"
#include "compiler/passes/step_facts.h"
#include "compiler/passes/verify_node.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::kNoExpr;
using graph::Step;
using types::Kind;
using types::Type;

class Verifier {
 public:
  Verifier(const graph::Plan& plan, const catalog::Catalog& catalog)
      : plan_(plan), catalog_(catalog), bound_(plan.let_columns.size(), 0) {}

  std::optional<std::string> run() {
    graph::each_reference(plan_, [&](const ExprId& id) {
      if (id >= plan_.exprs.size()) say(fmt::format("expression {} is not there", id));
    });
    for (ExprId id = 0; id < plan_.exprs.size() && !wrong_; ++id) {
      if (const std::string node = wrong_with(plan_, catalog_, id); !node.empty())
        say(fmt::format("expression {}: {}", id, node));
    }
    if (wrong_) return wrong_;
    request_level(plan_.deadline, types::duration(), "`deadline`");
    if (plan_.steps.empty() || !std::holds_alternative<graph::RecallStep>(plan_.steps.front().what))
      say("it does not begin with `recall`");
    steps(plan_.steps);
    for (const auto& emit : plan_.emits) reads(emit.value, fmt::format("`emit {}`", emit.name));
    return wrong_;
  }

 private:
  void say(std::string what) {
    if (!wrong_) wrong_ = std::move(what);
  }
  void expect(bool good, const std::string& where, const char* what) {
    if (!good) say(fmt::format("{}: {}", where, what));
  }
  const graph::Node& node(ExprId id) const { return plan_.exprs[id]; }

  // ---- what a place asks for ----

  /// Columns it reads are bound before.
  void reads(ExprId id, const std::string& where) {
    if (id == kNoExpr) return;
    std::vector<uint8_t> columns(bound_.size(), 0);
    mark_columns(plan_.exprs, id, columns);
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] != 0 && bound_[i] == 0)
        say(fmt::format("{} reads `{}`, which is not bound before it", where, plan_.let_columns[i].name));
    }
  }
  void typed(ExprId id, const Type& type, const std::string& where) {
    reads(id, where);
    expect(id == kNoExpr || node(id).type == type, where, "is of another type");
  }
  void request_level(ExprId id, const Type& type, const std::string& where) {
    if (id == kNoExpr) return;
    typed(id, type, where);
    expect(graph::is_of_request(node(id)), where, "differs between candidates");
  }
  void count(ExprId id, const std::string& where) { request_level(id, types::integer(), where); }
  void ordered(const graph::Order& by, const std::string& where) {
    reads(by.key, where);
    expect(by.key != kNoExpr && types::is_ordered(node(by.key).type), where, "orders by what has no order");
  }
  /// Before there are candidates of the page: no column, no provenance, no barrier.
  void of_source(ExprId id, const std::string& where) {
    reads(id, where);
    expect(id == kNoExpr || (node(id).level & graph::kBarrier) == 0, where, "has a barrier");
  }

  // ---- steps ----

  void steps(const std::vector<Step>& all) {
    for (const Step& step : all) {
      std::visit([&](const auto& what) { look(what, fmt::format("`{}`", step.text)); }, step.what);
    }
  }

  void look(const graph::RecallStep& recall, const std::string&) {
    expect(&recall == &std::get<graph::RecallStep>(plan_.steps.front().what), "`recall`", "is not the first step");
    const size_t channels = recall.channels.size();
    for (const auto& channel : recall.channels) {
      const std::string where = fmt::format("channel `{}`", channel.name);
      expect((channel.source == nullptr) != (channel.pipeline == nullptr), where, "has not one source");
      expect(!channel.otherwise || *channel.otherwise < channels, where, "has no such `else`");
      for (const auto& argument : channel.arguments) of_source(argument.expr, where);
      for (const auto& condition : channel.where) {
        of_source(condition.expr, where);
        typed(condition.expr, types::boolean(), where);
      }
      if (channel.by) {
        of_source(channel.by->key, where);
        ordered(*channel.by, where);
      }
      for (const auto& look_up : channel.look_ups)
        expect(graph::is_of_request(node(look_up.value)), where, "looks up what differs between candidates");
      count(channel.take, where);
      request_level(channel.timeout, types::duration(), where);
      request_level(channel.when, types::boolean(), where);
    }
    expect(channels == 1 || recall.merge.policy != nullptr, "`recall`", "has nothing to merge its channels");
    for (const auto& [least, most] : recall.merge.counts) {
      count(least, "`merge`");
      count(most, "`merge`");
    }
    for (const ExprId weight : recall.merge.weights) request_level(weight, types::floating(), "`merge`");
    count(recall.merge.take, "`merge`");
  }
  void look(const graph::WhereStep& step, const std::string& where) {
    typed(step.condition.expr, types::boolean(), where);
  }
  void look(const graph::LetStep& step, const std::string& where) {
    expect(step.column < bound_.size(), where, "fills no column");
    if (wrong_) return;
    typed(step.value, plan_.let_columns[step.column].type, where);
    bound_[step.column] = 1;
  }
  void look(const graph::ScoreStep& step, const std::string& where) {
    expect(step.model < catalog_.models.size(), where, "there is no such model");
    for (const ExprId input : step.inputs) reads(input, where);
    for (const uint32_t column : step.columns) {
      expect(column < bound_.size() && plan_.let_columns[column].type == types::floating(), where, "fills no column");
      if (wrong_) return;
      bound_[column] = 1;
    }
  }
  void look(const graph::TopStep& step, const std::string& where) {
    count(step.count, where);
    ordered(step.by, where);
  }
  void look(const graph::SortStep& step, const std::string& where) { ordered(step.by, where); }
  void look(const graph::TakeStep& step, const std::string& where) {
    count(step.count, where);
    reads(step.per, where);
  }
  void look(const graph::SampleStep& step, const std::string& where) {
    count(step.count, where);
    typed(step.by, types::floating(), where);
    request_level(step.temperature, types::floating(), where);
  }
  /// Behind it is bound what every side binds; without `else` a side is that nothing runs.
  void look(const graph::WhenStep& step, const std::string& where) {
    const auto before = bound_;
    auto common = std::vector<uint8_t>(bound_.size(), 1);
    bool has_else = false;
    for (const auto& arm : step.arms) {
      bound_ = before;
      request_level(arm.condition.expr, types::boolean(), where);
      has_else = has_else || arm.condition.expr == kNoExpr;
      steps(arm.steps);
      for (size_t i = 0; i < common.size(); ++i) common[i] &= bound_[i];
    }
    bound_ = has_else ? common : before;
  }
  void look(const graph::RerankStep& step, const std::string& where) {
    typed(step.relevance, types::floating(), where);
    for (const ExprId id : {step.theta, step.gamma}) request_level(id, types::floating(), where);
    count(step.window, where);
    count(step.take, where);
    reads(step.vectors, where);
    reads(step.after, where);
    for (const auto& term : step.similarity) {
      request_level(term.weight, types::floating(), where);
      reads(term.column, where);
    }
    for (const auto& rule : step.rules) {
      count(rule.count, where);
      count(rule.length, where);
      typed(rule.where, types::boolean(), where);
      reads(rule.by, where);
    }
  }
  void look(const graph::InsertStep& step, const std::string& where) {
    expect(step.source != nullptr, where, "has no source");
    request_level(step.when, types::boolean(), where);
    for (const ExprId position : step.positions) count(position, where);
    count(step.most, where);
    count(step.apart, where);
  }
  void look(const graph::BackfillStep& step, const std::string& where) { count(step.count, where); }

  const graph::Plan& plan_;
  const catalog::Catalog& catalog_;
  std::vector<uint8_t> bound_;  // `let` columns, on the path so far
  std::optional<std::string> wrong_{};
};

}  // namespace

std::optional<std::string> verify(const graph::Plan& plan, const catalog::Catalog& catalog) {
  return Verifier(plan, catalog).run();
}

}  // namespace rec::passes
