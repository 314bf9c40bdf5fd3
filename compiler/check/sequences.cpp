// Operations of behaviour sequences: which events, and what is counted or added up over them.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/check/expressions.h"

namespace rec::check {

using graph::Op;
using types::Kind;
using types::Type;

namespace {
const std::vector<std::string> kMethods{"last", "within", "where", "count", "sum", "mean", "max", "min", "search"};
}

ExprId Expressions::method(const syntax::Expr& expr, const syntax::Call& call, const syntax::Member& member,
                           Scope& scope) {
  const ExprId base = check(*member.base, scope);
  if (base == kNoExpr) return kNoExpr;
  if (type(base).kind == Kind::sequence) return sequence_method(expr, call, member, base, scope);
  auto& d = context_.diagnostics.error(
      Code::unknown_function, member.member.span,
      fmt::format("{} has no operation `{}`", types::to_text(type(base)), member.member.text),
      "not an operation of it");
  static const std::map<std::string, std::string, std::less<>> kOthers{{"startswith", "starts_with(s, \"…\")"},
                                                                       {"startsWith", "starts_with(s, \"…\")"},
                                                                       {"contains", "x in list"},
                                                                       {"includes", "x in list"},
                                                                       {"length", "len(xs)"},
                                                                       {"size", "len(xs)"}};
  if (const auto other = kOthers.find(member.member.text); other != kOthers.end())
    d.help.push_back(fmt::format("write `{}`", other->second));
  if (context_.registry.function(member.member.text))
    d.help.push_back(fmt::format("it is a function: write `{}(…)`", member.member.text));
  return kNoExpr;
}

ExprId Expressions::sequence_method(const syntax::Expr& expr, const syntax::Call& call, const syntax::Member& member,
                                    ExprId base, Scope& scope) {
  const std::string& word = member.member.text;
  const size_t events = context_.catalog.sequences[*context_.catalog.sequence_index(type(base).name)].events;
  if (word == "search") {
    context_.diagnostics
        .error(Code::type_mismatch, expr.span, "`.search` finds events for a model: only a model's input takes them",
               "not the input of a model")
        .help.emplace_back(
            "give it to a model, `score p = MODEL(INPUT: …)`; `.count(e => …)` and the like work on a value's events");
    return kNoExpr;
  }
  if (std::ranges::find(kMethods, word) == kMethods.end()) {
    auto& d = context_.diagnostics.error(Code::unknown_function, member.member.span,
                                         fmt::format("a sequence has no operation `{}`", word));
    static const std::map<std::string, std::string, std::less<>> kOthers{
        {"filter", "where(e => …)"}, {"first", "last(n)"},  {"take", "last(n)"}, {"avg", "mean(e => …)"},
        {"average", "mean(e => …)"}, {"length", "count()"}, {"size", "count()"}, {"len", "count()"}};
    if (const auto other = kOthers.find(word); other != kOthers.end()) {
      d.help.push_back(fmt::format("write `.{}`", other->second));
    } else {
      suggest(d, word, kMethods, "a sequence");
    }
    return kNoExpr;
  }
  if (word == "last" || word == "within") {
    if (!positional(call, 1, 1, word, expr.span)) return kNoExpr;
    const bool last = word == "last";
    const ExprId bound = last ? check_count(*call.arguments[0].value, scope, "how many events `.last` takes")
                              : check_as(*call.arguments[0].value, scope, types::duration(), graph::kRequest,
                                         "how far back `.within` looks");
    if (bound == kNoExpr) return kNoExpr;
    return add({.op = last ? Op::sequence_last : Op::sequence_within,
                .type = type(base),
                .args = {base, bound},
                .span = expr.span});
  }
  if (word == "where") {
    if (!positional(call, 1, 1, word, expr.span)) return kNoExpr;
    const ExprId body =
        check_lambda(*call.arguments[0].value, scope, events, types::boolean(), "the condition of `.where`");
    if (body == kNoExpr) return kNoExpr;
    const auto beneath = static_cast<uint8_t>((level(base) | level(body)) & ~graph::kEvent);
    graph::Node node{
        .op = Op::sequence_where, .type = type(base), .level = beneath, .args = {base, body}, .span = expr.span};
    return plan_.exprs.add(std::move(node));
  }
  return aggregate(expr, call, word, base, events, scope);
}

ExprId Expressions::aggregate(const syntax::Expr& expr, const syntax::Call& call, const std::string& name, ExprId base,
                              size_t events, Scope& scope) {
  const bool count = name == "count";
  if (!positional(call, count ? 0 : 1, 1, name, expr.span)) return kNoExpr;
  graph::Node node{.op = Op::sequence_count, .type = types::integer(), .args = {base}, .span = expr.span};
  if (!call.arguments.empty()) {
    ExprId body = kNoExpr;
    const auto& argument = *call.arguments[0].value;
    const std::string what = fmt::format("what `.{}` is given", name);
    if (count) {
      body = check_lambda(argument, scope, events, types::boolean(), what);
    } else if (const auto* lambda = std::get_if<syntax::Lambda>(&argument.node)) {
      scope.lambdas.push_back({lambda->parameter.text, events});
      body = check(*lambda->body, scope);
      scope.lambdas.pop_back();
      if (body != kNoExpr && !types::is_number(type(body))) {
        if (type(body).optional) {
          maybe_missing(body, lambda->body->span, what);
        } else {
          context_.diagnostics.error(
              Code::type_mismatch, lambda->body->span,
              fmt::format("{} must be int or float, and this is {}", what, types::to_text(type(body))));
        }
        return kNoExpr;
      }
    } else {
      body = check_lambda(argument, scope, events, types::floating(), what);
    }
    if (body == kNoExpr) return kNoExpr;
    node.args.push_back(body);
    if (name == "sum") node.type = type(body);
    if (name == "mean") node.type = types::optional(types::floating());
    if (name == "max" || name == "min") node.type = types::optional(type(body));
  }
  if (name == "sum") node.op = Op::sequence_sum;
  if (name == "mean") node.op = Op::sequence_mean;
  if (name == "max") node.op = Op::sequence_max;
  if (name == "min") node.op = Op::sequence_min;
  for (const ExprId arg : node.args) node.level = static_cast<uint8_t>(node.level | (level(arg) & ~graph::kEvent));
  if (node.level & graph::kCandidate) leaf(graph::kCandidate, expr.span);
  return plan_.exprs.add(std::move(node));
}

}  // namespace rec::check
