// rerank: its algorithm's arguments, and similarities as sums of weighted terms.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

using graph::Op;
using operators::ParameterKind;
using syntax::BinaryOp;
using types::Kind;

namespace {
constexpr uint8_t kCandidateLevels = graph::kRequest | graph::kCandidate;
using Term = operators::SimilarityTerm::Kind;
constexpr std::pair<std::string_view, Term> kTerms[] = {
    {"cosine", Term::cosine}, {"dot", Term::dot}, {"same", Term::same}, {"jaccard", Term::jaccard}};
}  // namespace

void PipelineChecker::rerank(const syntax::RerankStep& rerank, const syntax::Step& step) {
  const auto* algorithm = context_.registry.rerank(rerank.algorithm.name.text);
  if (algorithm == nullptr) {
    std::vector<std::string> names;
    for (const auto& def : context_.registry.all()) {
      if (std::holds_alternative<operators::RerankDef>(def.what)) names.push_back(def.name);
    }
    suggest(context_.diagnostics.error(Code::unknown_reranker, rerank.algorithm.name.span,
                                       fmt::format("there is no reranker `{}`", rerank.algorithm.name.text),
                                       "not a reranker"),
            rerank.algorithm.name.text, names, "the language");
    return;
  }
  if (std::get<operators::RerankDef>(algorithm->what).run == nullptr) {
    return not_supported(context_.diagnostics, rerank.algorithm.span, fmt::format("the reranker `{}`", algorithm->name),
                         "`mmr` diversifies too");
  }
  std::vector<const syntax::Argument*> given;
  if (!match(*algorithm, rerank.algorithm, given)) return;
  graph::RerankStep out;
  out.algorithm = algorithm;
  bool good = true;
  for (size_t i = 0; i < given.size(); ++i) {
    const auto& parameter = algorithm->parameters[i];
    if (parameter.kind == ParameterKind::similarity) {
      if (given[i]) good = similarity(*given[i]->value, kNoExpr, out.similarity) && good;
      continue;
    }
    const std::string what = fmt::format("`{}` of `{}`", parameter.name, algorithm->name);
    const bool relevance = parameter.name == "relevance";
    ExprId value = kNoExpr;
    if (given[i]) {
      const auto levels = static_cast<uint8_t>(relevance ? kCandidateLevels | graph::kBarrier : graph::kRequest);
      const bool vectors = parameter.type.kind == Kind::vector;
      value = vectors ? candidate_vectors(*given[i]->value, what)
                      : expressions_.check_as(*given[i]->value, scope_, parameter.type, levels, what);
      good = good && value != kNoExpr && in_bounds(parameter, value, given[i]->value->span);
      if (relevance && value != kNoExpr) {
        ordering_ = value;
        ordering_text_ = syntax::print(*given[i]->value);
      }
    } else if (parameter.default_value) {
      value = expressions_.add_constant(*parameter.default_value, parameter.type, rerank.algorithm.span);
    }
    if (relevance) out.relevance = value;
    if (parameter.name == "theta") out.theta = value;
    if (parameter.name == "window") out.window = value;
    if (parameter.name == "gamma") out.gamma = value;
    if (parameter.name == "vectors") out.vectors = value;
  }
  out.take = expressions_.check_count(*rerank.take, scope_, "the `take` of `rerank`");
  good = good && out.take != kNoExpr;
  if (rerank.after) {
    out.after = expressions_.check_rows(*rerank.after, scope_, plan_->item_table, false, "`after` of `rerank`");
    good = good && out.after != kNoExpr;
    plan_->replays = true;
  }
  for (const auto& written : rerank.rules) {
    graph::Rule made;
    if (rule(written, made)) {
      out.rules.push_back(std::move(made));
    } else {
      good = false;
    }
  }
  if (!good) return;
  check_rules(out);
  push(step, std::move(out));
}

/// A vector of any dimension, which may be missing.
ExprId PipelineChecker::candidate_vectors(const syntax::Expr& expr, const std::string& what) {
  const ExprId value = expressions_.check_at(expr, scope_, kCandidateLevels, what);
  if (value == kNoExpr || expressions_.type(value).kind == Kind::vector) return value;
  context_.diagnostics.error(
      Code::type_mismatch, expr.span,
      fmt::format("{} is a vector, and this is {}", what, types::to_text(expressions_.type(value))), "not a vector");
  return kNoExpr;
}

bool PipelineChecker::similarity(const syntax::Expr& expr, ExprId weight, std::vector<graph::SimilarityTerm>& terms) {
  if (const auto* binary = std::get_if<syntax::Binary>(&expr.node)) {
    if (binary->op == BinaryOp::add) {
      const bool left = similarity(*binary->left, weight, terms);
      return similarity(*binary->right, weight, terms) && left;
    }
    if (binary->op == BinaryOp::multiply) {
      // One factor is the weight, the other the similarity; the weight is the one without a similarity in it.
      const auto has_term = [](auto&& self, const syntax::Expr& e) -> bool {
        if (const auto* call = std::get_if<syntax::Call>(&e.node)) {
          const auto* ref = std::get_if<syntax::NameRef>(&call->callee->node);
          return ref && std::ranges::any_of(kTerms, [&](const auto& t) { return t.first == ref->name; });
        }
        const auto* b = std::get_if<syntax::Binary>(&e.node);
        return b && (self(self, *b->left) || self(self, *b->right));
      };
      const bool left = has_term(has_term, *binary->left), right = has_term(has_term, *binary->right);
      if (left != right) {
        ExprId factor = similarity_weight(left ? *binary->right : *binary->left);
        if (factor == kNoExpr) return false;
        if (weight != kNoExpr) factor = expressions_.call("*", {weight, factor}, expr.span);
        return similarity(left ? *binary->left : *binary->right, factor, terms);
      }
    }
  }
  if (const auto* call = std::get_if<syntax::Call>(&expr.node)) {
    if (const auto* ref = std::get_if<syntax::NameRef>(&call->callee->node)) {
      if (std::ranges::any_of(kTerms, [&](const auto& t) { return t.first == ref->name; }))
        return similarity_term(expr, *call, ref->name, weight, terms);
    }
  }
  context_.diagnostics
      .error(Code::bad_similarity, expr.span,
             "a similarity is a sum of `cosine(V)`, `dot(V)`, `same(COLUMN)` and `jaccard(LIST)`, each times a weight",
             "not such a term")
      .help.emplace_back("for example `cosine(item.content) + 0.3 * same(item.author)`");
  return false;
}

bool PipelineChecker::similarity_term(const syntax::Expr& expr, const syntax::Call& call, std::string_view name,
                                      ExprId weight, std::vector<graph::SimilarityTerm>& terms) {
  if (call.arguments.size() != 1 || call.arguments[0].name) {
    context_.diagnostics.error(
        Code::bad_similarity, expr.span,
        fmt::format("`{}` of a similarity takes one column: it is compared between two candidates", name));
    return false;
  }
  const auto& argument = *call.arguments[0].value;
  const ExprId column =
      expressions_.check_at(argument, scope_, kCandidateLevels, fmt::format("the column of `{}`", name));
  if (column == kNoExpr) return false;
  const auto kind = std::ranges::find(kTerms, name, &std::pair<std::string_view, Term>::first)->second;
  const auto& type = expressions_.type(column);
  const bool vector = kind == Term::cosine || kind == Term::dot;
  const bool fits = vector ? type.kind == Kind::vector
                    : kind == Term::jaccard
                        ? type.kind == Kind::list && type.element != Kind::none
                        : type.kind != Kind::vector && type.kind != Kind::list && type.kind != Kind::sequence &&
                              type.kind != Kind::record && type.kind != Kind::none;
  if (!fits) {
    context_.diagnostics.error(Code::bad_similarity, argument.span,
                               fmt::format("`{}` compares {}, and this is {}", name,
                                           vector                  ? "vectors"
                                           : kind == Term::jaccard ? "lists"
                                                                   : "single values",
                                           types::to_text(type)));
    return false;
  }
  if (weight == kNoExpr) weight = expressions_.add_constant(1.0F, types::floating(), expr.span);
  terms.push_back({kind, weight, column});
  return true;
}

ExprId PipelineChecker::similarity_weight(const syntax::Expr& expr) {
  const ExprId weight =
      expressions_.check_as(expr, scope_, types::floating(), graph::kRequest, "the weight of a similarity");
  if (weight == kNoExpr) return kNoExpr;
  const auto complain = [&](std::string message) {
    context_.diagnostics.error(Code::bad_similarity, expr.span, std::move(message), "may not be negative");
    return kNoExpr;
  };
  // A weight is a product of numbers and parameters, each known to be at least 0.
  std::vector<ExprId> left{weight};
  while (!left.empty()) {
    const auto& node = expressions_.node(left.back());
    left.pop_back();
    if (node.op == Op::constant) {
      if (!(std::get<float>(node.value) >= 0)) return complain("the weight of a similarity is at least 0");
    } else if (node.op == Op::parameter) {
      const auto& parameter = plan_->parameters[node.index];
      const auto* low_float = parameter.low ? std::get_if<float>(&*parameter.low) : nullptr;
      const auto* low_int = parameter.low ? std::get_if<int64_t>(&*parameter.low) : nullptr;
      if (!((low_float && *low_float >= 0) || (low_int && *low_int >= 0))) {
        return complain(
            fmt::format("parameter `{}` may be negative, and the weight of a similarity is at least 0: bound it, "
                        "`within 0.0 .. 1.0`",
                        parameter.name));
      }
    } else if (node.op == Op::to_float || (node.op == Op::call && (node.def->name == "*" || node.def->name == "+"))) {
      left.insert(left.end(), node.args.begin(), node.args.end());
    } else {
      return complain("the weight of a similarity is made of numbers and parameters with `+` and `*`");
    }
  }
  return weight;
}

}  // namespace rec::check
