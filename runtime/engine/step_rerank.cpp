// `rerank ALGO(…) take N { rules }`: evaluates what the algorithm looks at and lets it arrange the page.
#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>

#include "runtime/engine/run.h"
#include "runtime/engine/scalars.h"

namespace rec::engine {
namespace {

using graph::kNoExpr;

/// Evaluates the step's expressions; owns what a RerankCall points into.
class Inputs {
 public:
  explicit Inputs(Run& run) : run_(run), n_(run.batch.order.size()) {}

  interpreter::Values evaluate(graph::ExprId expr) {
    return evaluators_.emplace_back(run_.context, expr).run(run_.present());
  }

  std::span<const float* const> vectors(graph::ExprId expr) { return vectors(evaluate(expr)); }

  operators::SimilarityTerm term(const graph::SimilarityTerm& term) {
    using Kind = operators::SimilarityTerm::Kind;
    const types::Type& type = run_.plan.exprs[term.column].type;
    const interpreter::Values values = evaluate(term.column);
    operators::SimilarityTerm out{.kind = term.kind};
    const float weight = term.weight == kNoExpr ? 1.0F : run_.context.floating(term.weight);
    out.weight = weight > 0 ? weight : 0.0F;  // no weight is below 0; NaN is none
    switch (term.kind) {
      case Kind::cosine:
      case Kind::dot:
        out.dimension = type.size;
        out.vectors = vectors(values);
        break;
      case Kind::same:
        out.values = numbers(values, type);
        if (values.present != nullptr) out.present = {values.present, n_};
        break;
      case Kind::jaccard:
        out.lists = number_lists(values, type, n_, true, run_.arena());
        break;
    }
    return out;
  }

  operators::RuleInput rule(const graph::Rule& rule) {
    operators::RuleInput out{.must = rule.must,
                             .at_least = rule.at_least,
                             .count = std::max<int64_t>(run_.context.integer(rule.count), 0),
                             .scope = rule.scope,
                             .length = rule.length == kNoExpr ? 0 : run_.context.integer(rule.length),
                             .grouped = rule.by != kNoExpr};
    if (rule.where != kNoExpr) out.matches = {evaluate(rule.where).as<uint8_t>(), n_};
    if (out.grouped)
      out.groups = number_lists(evaluate(rule.by), run_.plan.exprs[rule.by].type, n_, false, run_.arena());
    return out;
  }

 private:
  std::span<const float* const> vectors(const interpreter::Values& values) {
    const auto out = run_.arena().allocate<const float*>(n_);
    for (size_t i = 0; i < n_; ++i) out[i] = values.has(i) ? values.as<const float*>()[i] : nullptr;
    return out;
  }
  std::span<const int64_t> numbers(const interpreter::Values& values, const types::Type& type) {
    const auto out = run_.arena().allocate<int64_t>(n_);
    for (size_t i = 0; i < n_; ++i) out[i] = values.has(i) ? scalar(values.data, type.kind, i) : 0;
    return out;
  }

  Run& run_;
  size_t n_;
  std::deque<interpreter::Evaluator> evaluators_;
};

void record_relaxations(const Run& run, const graph::RerankStep& step,
                        std::span<const operators::Relaxation> relaxations, trace::StepTrace& trace) {
  std::map<uint32_t, std::vector<uint32_t>> positions;  // by rule
  for (const auto& relaxation : relaxations) positions[relaxation.rule].push_back(relaxation.position);
  for (auto& [rule, at] : positions) {
    trace.relaxed.push_back({step.rules[rule].text, run.line(step.rules[rule].span), std::move(at)});
  }
}

}  // namespace

void run_rerank(Run& run, const graph::RerankStep& step, trace::StepTrace& trace) {
  auto& order = run.batch.order;
  Inputs inputs(run);
  const float* relevance = inputs.evaluate(step.relevance).as<float>();
  trace.nan =
      static_cast<uint64_t>(std::count_if(relevance, relevance + order.size(), [](float r) { return std::isnan(r); }));
  std::vector<operators::SimilarityTerm> similarity;
  for (const auto& term : step.similarity) similarity.push_back(inputs.term(term));
  std::vector<operators::RuleInput> rules;
  for (const auto& rule : step.rules) rules.push_back(inputs.rule(rule));

  operators::RerankCall call{.candidates = static_cast<uint32_t>(order.size()),
                             .relevance = {relevance, order.size()},
                             .similarity = similarity,
                             .take = count_of(run, step.take),
                             .rules = rules,
                             .arena = run.arena()};
  if (step.theta != kNoExpr) {
    const float theta = run.context.floating(step.theta);
    call.theta = theta >= 0 ? std::min(theta, 1.0F) : 0.0F;
  }
  if (step.window != kNoExpr) call.window = std::max<int64_t>(run.context.integer(step.window), 1);
  if (step.gamma != kNoExpr) {
    const float gamma = run.context.floating(step.gamma);
    call.gamma = gamma > 0 ? std::min(gamma, std::numeric_limits<float>::max()) : 0.0F;
  }
  if (step.vectors != kNoExpr) {
    call.dimension = run.plan.exprs[step.vectors].type.size;
    call.vectors = inputs.vectors(step.vectors);
  }
  const operators::RerankResult result = std::get<operators::RerankDef>(step.algorithm->what).run(call);

  std::vector<uint32_t> page;
  for (const uint32_t pick : result.picks) page.push_back(order[pick]);
  order = std::move(page);
  record_relaxations(run, step, result.relaxations, trace);
}

}  // namespace rec::engine
