// `rerank ALGO(…) take N { rules }`: evaluates what the algorithm looks at and lets it arrange the page.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "operators/rerank/greedy.h"
#include "runtime/engine/missing.h"
#include "runtime/engine/observer.h"
#include "runtime/engine/run.h"
#include "runtime/engine/scalars.h"

namespace rec::engine {
namespace {

using graph::kNoExpr;

/// Evaluates the step's expressions; owns what a RerankCall points into.
class Inputs {
 public:
  /// `candidates`: base indices.
  Inputs(Run& run, std::span<const uint32_t> candidates) : run_(run), candidates_(candidates), n_(candidates.size()) {}

  interpreter::Values evaluate(graph::ExprId expr) {
    return evaluators_.emplace_back(run_.context, expr).run({.batch = &run_.batch, .indices = candidates_});
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
    if (is_missing(run_, rule.where) || is_missing(run_, rule.by)) return unknown(rule, out);
    if (rule.where != kNoExpr) out.matches = {evaluate(rule.where).as<uint8_t>(), n_};
    if (out.grouped)
      out.groups = number_lists(evaluate(rule.by), run_.plan.exprs[rule.by].type, n_, false, run_.arena());
    overlook_inserted(out);
    return out;
  }

  /// Falling with the place: candidates are taken in their order.
  const float* by_place() {
    const auto relevance = run_.arena().allocate<float>(n_);
    for (size_t i = 0; i < n_; ++i) relevance[i] = -static_cast<float>(i);
    return relevance.data();
  }

 private:
  /// A rule on a missing column rules nothing: it matches nobody, and asks for nobody.
  operators::RuleInput unknown(const graph::Rule& rule, operators::RuleInput out) {
    const auto nobody = run_.arena().allocate<uint8_t>(n_);
    std::ranges::fill(nobody, uint8_t{0});
    const std::string what = "rule " + rule.text;
    if (std::ranges::find(run_.degraded, what, &Degradation::what) == run_.degraded.end())
      run_.degraded.push_back({what, "left out, what it looks at is missing"});
    out.must = out.at_least = out.grouped = false;
    out.matches = nobody;
    return out;
  }
  /// Rules do not look at inserted items: none matches.
  void overlook_inserted(operators::RuleInput& rule) {
    if (run_.insertions.inserted.empty()) return;
    const auto matches = run_.arena().allocate<uint8_t>(n_);
    for (size_t i = 0; i < n_; ++i) {
      const bool match = rule.matches.empty() || rule.matches[i] != 0;
      matches[i] = match && !is_inserted(run_, {.at = candidates_[i]}) ? 1 : 0;
    }
    rule.matches = matches;
  }

  std::span<const float* const> vectors(const interpreter::Values& values) {
    if (values.present == nullptr) return {values.as<const float*>(), n_};
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
  std::span<const uint32_t> candidates_;
  size_t n_;
  std::vector<interpreter::Evaluator> evaluators_;
};

void record_relaxations(const Run& run, const graph::RerankStep& step,
                        std::span<const operators::Relaxation> relaxations, trace::StepTrace& trace) {
  std::map<uint32_t, std::vector<uint32_t>> positions;  // by rule
  for (const auto& relaxation : relaxations) positions[relaxation.rule].push_back(relaxation.position);
  for (auto& [rule, at] : positions) {
    trace.relaxed.push_back({step.rules[rule].text, run.line(step.rules[rule].span), std::move(at)});
  }
}

/// The rows of `after`, each where it stands first.
std::vector<uint32_t> shown_before(Run& run, graph::ExprId after) {
  const interpreter::Values list = run.context.value(after);
  if (!list.has(0)) return {};
  std::vector<uint32_t> rows;
  const auto* given = list.as<column::ListRef>();
  for (size_t i = 0; i < given->size; ++i) {
    const uint32_t row = given->as<uint32_t>()[i];
    if (row != column::kNoRow && std::ranges::find(rows, row) == rows.end()) rows.push_back(row);
  }
  return add_rows(run, rows);
}

bool similarity_is_missing(const Run& run, const graph::RerankStep& step) {
  const auto missing = [&](const graph::SimilarityTerm& term) { return is_missing(run, term.column); };
  return is_missing(run, step.vectors) || std::ranges::any_of(step.similarity, missing);
}

/// By relevance, best first, NaN last.
void sort_by(std::vector<uint32_t>& places, const float* relevance) {
  std::ranges::stable_sort(places, [&](uint32_t a, uint32_t b) {
    return relevance[a] > relevance[b] || (std::isnan(relevance[b]) && !std::isnan(relevance[a]));
  });
}

/// The picked ones are present from here on; the others are left out, the most relevant first.
void keep_picks(Run& run, std::span<const uint32_t> candidates, uint32_t placed, std::span<const uint32_t> picks,
                const float* relevance) {
  std::vector<uint32_t> order(picks.begin(), picks.end());
  if (run.plan.replays) {
    std::vector<uint8_t> picked(candidates.size(), 0);
    for (const uint32_t pick : picks) picked[pick] = 1;
    std::vector<uint32_t> left;
    for (uint32_t i = placed; i < candidates.size(); ++i) {
      if (picked[i] == 0) left.push_back(i);
    }
    sort_by(left, relevance);
    order.insert(order.end(), left.begin(), left.end());
  }
  for (uint32_t& at : order) at = candidates[at];
  cut(run, std::move(order), picks.size());
}

}  // namespace

std::vector<uint32_t> fill_by_rules(Run& run, std::vector<uint32_t> candidates, size_t room, trace::StepTrace& trace) {
  const graph::RerankStep& step = *run.history.rerank;
  std::vector<uint32_t> all = run.history.shown;
  const auto placed = static_cast<uint32_t>(all.size());
  for (const uint32_t at : run.batch.order) {
    if (!is_inserted(run, {.at = at})) all.push_back(at);
  }
  const auto begun = static_cast<uint32_t>(all.size()) - placed;
  all.insert(all.end(), candidates.begin(), candidates.end());
  run.batch.barriers = &run.history.rerank_barriers;
  Inputs inputs(run, all);
  std::vector<operators::RuleInput> rules;
  for (const auto& rule : step.rules) rules.push_back(inputs.rule(rule));
  const operators::RerankCall call{.candidates = static_cast<uint32_t>(all.size()),
                                   .relevance = {inputs.by_place(), all.size()},
                                   .take = static_cast<uint32_t>(std::min<size_t>(room, UINT32_MAX / 2)),
                                   .rules = rules,
                                   .arena = run.arena(),
                                   .placed = placed,
                                   .begun = begun};
  const auto result = operators::rerank_greedy(call);
  record_relaxations(run, step, result.relaxations, trace);
  std::vector<uint32_t> out;
  for (const uint32_t pick : result.picks) out.push_back(all[pick]);
  return out;
}

void run_rerank(Run& run, const graph::RerankStep& step, trace::StepTrace& trace) {
  std::vector<uint32_t> candidates = step.after == kNoExpr ? std::vector<uint32_t>{} : shown_before(run, step.after);
  const auto placed = static_cast<uint32_t>(candidates.size());
  run.history.shown = candidates;
  candidates.insert(candidates.end(), run.batch.order.begin(), run.batch.order.end());
  Inputs inputs(run, candidates);
  const bool unordered = is_missing(run, step.relevance), plain = unordered || similarity_is_missing(run, step);
  const float* relevance = unordered ? inputs.by_place() : inputs.evaluate(step.relevance).as<float>();
  if (plain) trace.degraded = unordered ? "in present order, its relevance is missing" : "its similarity is missing";
  trace.nan = static_cast<uint64_t>(
      std::count_if(relevance + placed, relevance + candidates.size(), [](float r) { return std::isnan(r); }));
  std::vector<operators::SimilarityTerm> similarity;
  if (!plain) {
    for (const auto& term : step.similarity) similarity.push_back(inputs.term(term));
  }
  std::vector<operators::RuleInput> rules;
  for (const auto& rule : step.rules) rules.push_back(inputs.rule(rule));

  operators::RerankCall call{.candidates = static_cast<uint32_t>(candidates.size()),
                             .relevance = {relevance, candidates.size()},
                             .similarity = similarity,
                             .take = count_of(run, step.take),
                             .rules = rules,
                             .arena = run.arena(),
                             .placed = placed};
  if (step.theta != kNoExpr) {
    const float theta = run.context.floating(step.theta);
    call.theta = theta >= 0 ? std::min(theta, 1.0F) : 0.0F;
  }
  if (step.window != kNoExpr) call.window = std::max<int64_t>(run.context.integer(step.window), 1);
  if (step.gamma != kNoExpr) {
    const float gamma = run.context.floating(step.gamma);
    call.gamma = gamma > 0 ? std::min(gamma, std::numeric_limits<float>::max()) : 0.0F;
  }
  if (step.vectors != kNoExpr && !plain) {
    call.dimension = run.plan.exprs[step.vectors].type.size;
    call.vectors = inputs.vectors(step.vectors);
  }
  if (run.observer != nullptr) call.record = run.observer->reranking(candidates);
  const auto& algorithm = std::get<operators::RerankDef>(step.algorithm->what);
  const operators::RerankResult result = plain ? operators::rerank_greedy(call) : algorithm.run(call);

  keep_picks(run, candidates, placed, result.picks, relevance);
  record_relaxations(run, step, result.relaxations, trace);
}

}  // namespace rec::engine
