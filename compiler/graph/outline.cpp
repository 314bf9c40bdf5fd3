// Plans taken apart.
#include "compiler/graph/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "compiler/graph/print.h"

namespace rec::graph {
namespace {

class Outliner {
 public:
  Outliner(const Plan& plan, const catalog::Catalog& catalog) : plan_(plan), catalog_(catalog) {}

  std::vector<Part> run() {
    std::vector<Part> out;
    for (const auto& parameter : plan_.parameters) out.push_back(describe(parameter));
    std::ranges::move(pipeline(), std::back_inserter(out));
    return out;
  }

  /// All but the parameters, which pipelines of one file share.
  std::vector<Part> pipeline() const {
    std::vector<Part> out{{.kind = "pipeline", .name = plan_.name}};
    fact(out.back(), "user", catalog_.tables[plan_.user_table].name);
    fact(out.back(), "item", catalog_.tables[plan_.item_table].name);
    fact(out.back(), "deadline", plan_.deadline);
    if (plan_.otherwise != nullptr) {
      fact(out.back(), "else", plan_.otherwise->name);
      out.back().parts = Outliner(*plan_.otherwise, catalog_).pipeline();
    }
    for (auto& condition : eligible()) out.push_back(std::move(condition));
    for (auto& step : steps(plan_.steps)) out.push_back(std::move(step));
    for (const auto& emit : plan_.emits) {
      out.push_back({.kind = "emit", .name = emit.name, .span = span_of(emit.value)});
      fact(out.back(), "", emit.value);
    }
    return out;
  }

  /// A source with its options; for the plan of an `insert` too.
  void describe(Part& out, const Channel& channel) const {
    if (channel.source != nullptr) {
      describe_source(out, channel);
    } else {
      fact(out, "source", channel.pipeline->name);
      out.parts = Outliner(*channel.pipeline, catalog_).pipeline();
    }
    std::string own;
    for (const auto& condition : channel.where) {
      if (is_own(channel, condition)) own += (own.empty() ? "" : " and ") + text(condition.expr);
    }
    fact(out, "where", own);
    if (channel.by) fact(out, "by", order(*channel.by));
    fact(out, "take", channel.take);
    fact(out, "timeout", channel.timeout);
    fact(out, "when", channel.when);
    if (channel.required) fact(out, "required", "yes");
  }

 private:
  std::string text(ExprId id) const { return print(plan_, catalog_, id); }
  std::string order(const Order& by) const { return text(by.key) + (by.ascending ? " asc" : ""); }
  source::Span span_of(ExprId id) const { return id == kNoExpr ? source::Span{} : plan_.exprs[id].span; }

  static void fact(Part& part, std::string what, std::string value) {
    if (!value.empty()) part.facts.emplace_back(std::move(what), std::move(value));
  }
  void fact(Part& part, std::string what, ExprId value) const {
    if (value != kNoExpr) part.facts.emplace_back(std::move(what), text(value));
  }

  void describe_source(Part& out, const Channel& channel) const {
    fact(out, "source", channel.source->name);
    for (size_t i = 0; i < channel.arguments.size(); ++i) {
      const auto& argument = channel.arguments[i];
      const std::string& name = channel.source->parameters[i].name;
      if (argument.kind == operators::ParameterKind::index) fact(out, name, argument.index);
      if (argument.kind == operators::ParameterKind::lambda && argument.expr != kNoExpr) {
        fact(out, name, "e => " + text(argument.expr));
      } else {
        fact(out, name, argument.expr);
      }
    }
  }

  static Part describe(const Parameter& parameter) {
    Part out{.kind = "param", .name = parameter.name, .span = parameter.span};
    fact(out, "type", types::to_text(parameter.type));
    fact(out, "default", types::to_text(parameter.default_value, parameter.type));
    const auto bound = parameter.type.kind == types::Kind::list ? types::element_of(parameter.type) : parameter.type;
    if (parameter.low)
      fact(out, "range",
           fmt::format("{} .. {}", types::to_text(*parameter.low, bound), types::to_text(*parameter.high, bound)));
    return out;
  }

  /// A condition that is written outside of a channel is the pipeline's `eligible`.
  static bool is_own(const Channel& channel, const Predicate& condition) {
    return channel.span.file == condition.span.file && channel.span.begin <= condition.span.begin &&
           condition.span.end <= channel.span.end;
  }
  std::vector<Part> eligible() const {
    std::vector<Part> out;
    const auto* recall = plan_.steps.empty() ? nullptr : std::get_if<RecallStep>(&plan_.steps.front().what);
    if (recall == nullptr || recall->channels.empty()) return out;
    const Channel& any = recall->channels.front();
    for (const auto& condition : any.where) {
      if (is_own(any, condition)) continue;
      out.push_back({.kind = "eligible", .name = {}, .span = condition.span});
      fact(out.back(), "", condition.expr);
    }
    return out;
  }

  std::vector<Part> steps(const std::vector<Step>& steps) const {
    std::vector<Part> out;
    for (const auto& step : steps) {
      Part part{.kind = std::string(step_name(step)), .name = {}, .span = step.span};
      std::visit([&](const auto& what) { add(part, what); }, step.what);
      std::vector<Part> inner;
      if (part.kind == "recall" || part.kind == "when") inner.swap(part.parts);  // these are lists of parts and no more
      if (inner.empty()) out.push_back(std::move(part));
      std::ranges::move(inner, std::back_inserter(out));
    }
    return out;
  }

  void add(Part& out, const RecallStep& recall) const {
    for (const auto& channel : recall.channels) {
      Part made{.kind = "channel", .name = channel.name, .span = channel.span};
      describe(made, channel);
      if (channel.otherwise) fact(made, "else", recall.channels[*channel.otherwise].name);
      out.parts.push_back(std::move(made));
    }
    const MergeStep& merge = recall.merge;
    if (merge.policy == nullptr) return;
    Part made{.kind = "merge", .name = {}, .span = merge.span};
    fact(made, "policy", merge.policy->name);
    for (size_t c = 0; c < recall.channels.size(); ++c) {
      const std::string& name = recall.channels[c].name;
      if (c < merge.counts.size() && merge.counts[c].first != kNoExpr) {
        const auto [low, high] = merge.counts[c];
        fact(made, "`" + name + "`", high == kNoExpr ? text(low) : text(low) + " .. " + text(high));
      }
      if (c < merge.weights.size()) fact(made, "`" + name + "`", merge.weights[c]);
    }
    fact(made, "take", merge.take);
    out.parts.push_back(std::move(made));
  }
  void add(Part& out, const WhereStep& where) const { fact(out, "", where.condition.expr); }
  void add(Part& out, const LetStep& let) const {
    out.name = plan_.let_columns[let.column].name;
    fact(out, "", let.value);
  }
  void add(Part& out, const ScoreStep& score) const {
    for (const uint32_t column : score.columns) {
      const std::string& name = plan_.let_columns[column].name;
      out.name += (out.name.empty() ? "" : ", ") + name;
    }
    fact(out, "model", catalog_.models[score.model].name);
    std::string inputs;
    for (const ExprId input : score.inputs) inputs += (inputs.empty() ? "" : ", ") + text(input);
    fact(out, "inputs", inputs);
  }
  void add(Part& out, const TopStep& top) const {
    fact(out, "count", top.count);
    fact(out, "by", order(top.by));
  }
  void add(Part& out, const SortStep& sort) const { fact(out, "by", order(sort.by)); }
  void add(Part& out, const TakeStep& take) const {
    fact(out, "count", take.count);
    fact(out, "per", take.per);
  }
  void add(Part& out, const SampleStep& sample) const {
    fact(out, "count", sample.count);
    fact(out, "by", sample.by);
    fact(out, "temperature", sample.temperature);
  }
  void add(Part& out, const WhenStep& when) const {
    for (const auto& arm : when.arms) {
      Part side{.kind = arm.condition.expr == kNoExpr ? "else" : "when", .name = {}, .span = arm.condition.span};
      fact(side, "", arm.condition.expr);
      side.parts = steps(arm.steps);
      out.parts.push_back(std::move(side));
    }
  }
  void add(Part& out, const RerankStep& rerank) const {
    fact(out, "algorithm", rerank.algorithm->name);
    fact(out, "relevance", rerank.relevance);
    static constexpr std::string_view kTerms[] = {"cosine", "dot", "same", "jaccard"};
    std::string similarity;
    for (const auto& term : rerank.similarity) {
      if (!similarity.empty()) similarity += " + ";
      if (term.weight != kNoExpr) similarity += text(term.weight) + " * ";
      similarity += fmt::format("{}({})", kTerms[static_cast<size_t>(term.kind)], text(term.column));
    }
    fact(out, "similarity", similarity);
    fact(out, "theta", rerank.theta);
    fact(out, "vectors", rerank.vectors);
    fact(out, "gamma", rerank.gamma);
    fact(out, "window", rerank.window);
    fact(out, "take", rerank.take);
    fact(out, "after", rerank.after);
    for (const auto& rule : rerank.rules) {
      out.parts.push_back({.kind = "rule", .name = {}, .span = rule.span});
      fact(out.parts.back(), "", rule_text(rule));
    }
  }
  std::string rule_text(const Rule& rule) const {
    using Scope = operators::RuleInput::Scope;
    std::string out =
        fmt::format("{}{} {} in {}", rule.must ? "must " : "", rule.at_least ? "at least" : "at most", text(rule.count),
                    rule.scope == Scope::in_a_row ? "a row"
                    : rule.scope == Scope::in_any ? "any "
                                                  : "first ");
    if (rule.length != kNoExpr) out += text(rule.length);
    if (rule.where != kNoExpr) out += " where " + text(rule.where);
    if (rule.by != kNoExpr) out += " by " + text(rule.by);
    return out;
  }
  void add(Part& out, const InsertStep& insert) const {
    out.name = insert.name;
    Outliner(*insert.source, catalog_)
        .describe(out, std::get<RecallStep>(insert.source->steps.front().what).channels.front());
    std::string places;
    for (const ExprId position : insert.positions) places += (places.empty() ? "" : ", ") + text(position);
    switch (insert.place) {
      case InsertStep::Place::at:
        fact(out, "at", places);
        break;
      case InsertStep::Place::every:
        fact(out, "at every, from", places);
        break;
      case InsertStep::Place::random:
        fact(out, "at random", places);
        break;
      case InsertStep::Place::column:
        fact(out, "at column", insert.source->emits[insert.column].name);
        break;
    }
    fact(out, "only when", insert.when);
    fact(out, "most", insert.most);
    fact(out, "apart", insert.apart);
  }
  void add(Part& out, const BackfillStep& backfill) const { fact(out, "to", backfill.count); }

  const Plan& plan_;
  const catalog::Catalog& catalog_;
};

}  // namespace

std::vector<Part> outline(const Plan& plan, const catalog::Catalog& catalog) {
  return Outliner(plan, catalog).run();
}

}  // namespace rec::graph
