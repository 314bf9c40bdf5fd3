// The rules of a rerank: their parts, and those that can never hold, contradict each other, or say nothing.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"

namespace rec::check {

using graph::Rule;
using operators::RuleInput;
using types::Kind;

namespace {

constexpr uint8_t kCandidateLevels = graph::kRequest | graph::kCandidate;
using RuleScope = RuleInput::Scope;

std::optional<int64_t> known(const graph::Exprs& exprs, ExprId id) {
  if (id == kNoExpr || exprs[id].op != graph::Op::constant) return std::nullopt;
  return std::get<int64_t>(exprs[id].value);
}

/// The most that an `at most` rule leaves among `length` positions from the start of the page.
std::optional<int64_t> most_possible(const graph::Exprs& exprs, const Rule& rule, int64_t length) {
  const auto count = known(exprs, rule.count), window = known(exprs, rule.length);
  if (!count) return std::nullopt;
  switch (rule.scope) {
    case RuleScope::in_a_row:
      return length - length / (*count + 1);
    case RuleScope::in_first:
      if (!window) return std::nullopt;
      return std::min(length, *window >= length ? *count : *count + (length - *window));
    case RuleScope::in_any:
      if (!window) return std::nullopt;
      return length / *window * std::min(*count, *window) + std::min(length % *window, *count);
  }
  return std::nullopt;
}

/// Whether one count is known to be at most the other.
bool at_most(const graph::Exprs& exprs, ExprId a, ExprId b) {
  if (a == b) return true;
  const auto left = known(exprs, a), right = known(exprs, b);
  return left && right && *left <= *right;
}

/// Whether `lax` can never keep a candidate out that `strict` lets in. A rule that may be relaxed stands in for no
/// laxer one, which would still hold where it gives way; only for its own like.
bool implies(const graph::Exprs& exprs, const Rule& strict, const Rule& lax) {
  if (strict.at_least != lax.at_least || strict.scope != lax.scope) return false;
  if (strict.where != lax.where || strict.by != lax.by || (lax.must && !strict.must)) return false;
  const bool fewer = at_most(exprs, strict.count, lax.count), more = at_most(exprs, lax.count, strict.count);
  const bool shorter = at_most(exprs, strict.length, lax.length), longer = at_most(exprs, lax.length, strict.length);
  if (fewer && more && shorter && longer) return true;
  return strict.must && (strict.at_least ? more && shorter : fewer && longer);
}

}  // namespace

bool PipelineChecker::rule(const syntax::Rule& written, Rule& out) {
  out.must = written.must;
  out.at_least = written.at_least;
  out.scope = written.scope == syntax::RuleScope::in_a_row ? RuleScope::in_a_row
              : written.scope == syntax::RuleScope::in_any ? RuleScope::in_any
                                                           : RuleScope::in_first;
  out.text = source_text(written.span);
  out.span = written.span;
  bool good = true;
  out.count = expressions_.check_count(*written.count, scope_, "the count of a rule");
  good = out.count != kNoExpr;
  if (written.length) {
    out.length = expressions_.check_count(*written.length, scope_, "the length of a rule", 1);
    good = good && out.length != kNoExpr;
  }
  if (written.at_least && (written.by || written.scope == syntax::RuleScope::in_a_row))
    return false;  // the parser has said so
  if (written.where) {
    out.where = expressions_.check_as(*written.where, scope_, types::boolean(), kCandidateLevels | graph::kBarrier,
                                      "the condition of a rule");
    good = good && out.where != kNoExpr;
  }
  if (written.by) {
    out.by = expressions_.check_at(*written.by, scope_, kCandidateLevels | graph::kBarrier, "what a rule counts `by`");
    if (out.by == kNoExpr) return false;
    const auto& type = expressions_.type(out.by);
    if (type.kind == Kind::vector || type.kind == Kind::sequence || type.kind == Kind::record ||
        type.kind == Kind::none) {
      context_.diagnostics.error(
          Code::bad_rule, written.by->span,
          fmt::format("a rule counts by single values or lists, and this is {}", types::to_text(type)));
      return false;
    }
  }
  return good;
}

void PipelineChecker::check_rules(const graph::RerankStep& step) {
  const auto& exprs = plan_->exprs;
  auto& diagnostics = context_.diagnostics;
  const auto page = known(exprs, step.take);
  for (const auto& rule : step.rules) {
    const auto count = known(exprs, rule.count), length = known(exprs, rule.length);
    if (rule.at_least && count && length && *count > *length) {
      diagnostics.error(Code::impossible_rule, rule.span,
                        fmt::format("{} of {} positions can never be had", *count, *length), "impossible");
    } else if (rule.at_least && page && count && *count > *page) {
      diagnostics.error(Code::impossible_rule, rule.span,
                        fmt::format("at least {} are asked for, and the page has {} positions", *count, *page),
                        "beyond the page");
    } else if (rule.at_least && page && length && *length > *page) {
      diagnostics.error(Code::impossible_rule, rule.span,
                        fmt::format("this looks at {} positions, and the page has {}", *length, *page),
                        "beyond the page");
    } else if (rule.at_least && count && *count == 0) {
      diagnostics.warning(Code::redundant_rule, rule.span, "`at least 0` always holds", "says nothing");
    } else if (!rule.at_least && rule.scope != RuleScope::in_a_row && count && length && *count >= *length) {
      diagnostics.warning(Code::redundant_rule, rule.span,
                          fmt::format("`at most {}` of {} positions always holds", *count, *length), "says nothing");
    }
  }
  for (size_t i = 0; i < step.rules.size(); ++i) {
    for (size_t j = 0; j < step.rules.size(); ++j) {
      // Of two that imply each other the later one is superfluous, unless it alone is a `must`.
      const auto &strict = step.rules[j], &lax = step.rules[i];
      if (i == j || !implies(exprs, strict, lax) || (j > i && implies(exprs, lax, strict))) continue;
      auto& d =
          diagnostics.warning(Code::redundant_rule, lax.span, "another rule asks for this already", "says nothing");
      d.secondary.push_back({strict.span, "this one"});
      break;
    }
  }
  for (const auto& least : step.rules) {
    const auto count = known(exprs, least.count), length = known(exprs, least.length);
    if (!least.at_least || !count || !length || *count > *length) continue;
    for (const auto& most : step.rules) {
      if (most.at_least || most.by != kNoExpr || most.where != least.where) continue;
      const auto possible = most_possible(exprs, most, *length);
      if (!possible || *possible >= *count) continue;
      auto& d = diagnostics.error(
          Code::contradictory_rules, least.span,
          fmt::format("two rules contradict each other: at least {} is asked for, and at most {} can be had", *count,
                      *possible),
          "this asks for more");
      d.secondary.push_back({most.span, "than this leaves"});
    }
  }
}

}  // namespace rec::check
