// The reference: rerank greedy, by the rules of a page recounted.
#include <numeric>

#include "tests/interpreter/page_reference.h"

namespace rec::interpreter {

using graph::kNoExpr;
using types::Kind;

tests::SlateRule PageReference::rule(const graph::Rule& rule, const std::vector<uint32_t>& candidates) {
  tests::SlateRule out{.must = rule.must,
                       .at_least = rule.at_least,
                       .count = std::max<int64_t>(number(rule.count), 0),
                       .scope = rule.scope,
                       .length = rule.length == kNoExpr ? 0 : number(rule.length),
                       .grouped = rule.by != kNoExpr};
  for (const uint32_t at : candidates) {
    const bool matches = (rule.where == kNoExpr || holds(rule.where, at)) && !was_inserted(at);
    out.matches.push_back(matches ? 1 : 0);
    if (out.grouped) out.groups.push_back(groups(rule.by, at));
  }
  return out;
}

std::vector<int64_t> PageReference::groups(graph::ExprId by, uint32_t at) {
  const types::Type& type = plan_.exprs[by].type;
  const Cell cell = value(by, at);
  if (!cell.present) return {};
  if (type.kind == Kind::list) {
    const auto list = cell.as<column::ListRef>();
    std::vector<int64_t> out;
    for (uint32_t i = 0; i < list.size; ++i)
      out.push_back(type.element == Kind::string ? list.as<int32_t>()[i] : list.as<int64_t>()[i]);
    return out;
  }
  return {type.kind == Kind::boolean  ? cell.as<uint8_t>()
          : type.kind == Kind::string ? cell.as<int32_t>()
                                      : cell.as<int64_t>()};
}

tests::Slate PageReference::slate(const graph::RerankStep& step, const std::vector<uint32_t>& candidates, size_t shown,
                                  size_t take) {
  tests::Slate out{.candidates = static_cast<uint32_t>(candidates.size()),
                   .relevance = {},
                   .rules = {},
                   .take = static_cast<uint32_t>(std::min<size_t>(take, 1'000'000)),
                   .shown = static_cast<uint32_t>(shown)};
  for (const auto& each : step.rules) out.rules.push_back(rule(each, candidates));
  return out;
}

void PageReference::fill(const tests::Slate& slate, const std::vector<uint32_t>& best_first, tests::Page& page,
                         size_t length) {
  std::vector<operators::Relaxation> relaxations;
  while (page.size() < length) {
    const auto left = tests::standing(slate, page, relaxations).left;
    const auto best =
        std::ranges::find_if(best_first, [&](uint32_t i) { return std::ranges::find(left, i) != left.end(); });
    if (best == best_first.end()) return;
    page.push_back(*best);
  }
}

void PageReference::run(const graph::RerankStep& step) {
  if (step.algorithm->name != "greedy") throw std::logic_error("no reference for this rerank");
  rerank_ = &step;
  shown_.clear();
  if (step.after != kNoExpr) {
    for (const uint32_t row : list_of_rows(step.after)) shown_.push_back(add_late(row));
  }
  std::vector<uint32_t> candidates = shown_;
  for (const uint32_t at : present()) candidates.push_back(at);
  std::vector<uint32_t> best_first(candidates.size());
  std::iota(best_first.begin(), best_first.end(), 0U);
  best_first = ordered(best_first, {.key = step.relevance, .ascending = false},
                       [&](uint32_t i) { return value(step.relevance, candidates[i]); });
  const size_t take = count(step.take);
  tests::Page page;
  fill(slate(step, candidates, shown_.size(), take), best_first, page, take);
  std::vector<uint32_t> order;
  for (const uint32_t i : page) order.push_back(candidates[i]);
  for (const uint32_t i : best_first) {
    if (i >= shown_.size() && std::ranges::find(page, i) == page.end()) order.push_back(candidates[i]);
  }
  cut(order, page.size());
}

}  // namespace rec::interpreter
