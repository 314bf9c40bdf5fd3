// Calls: of functions of the registry, of the file (inlined), of provenance and barriers, and the forms rewritten.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/expressions.h"

namespace rec::check {

using graph::Op;
using operators::FunctionDef;
using types::Kind;
using types::Type;

namespace {

constexpr std::string_view kBarriers[] = {"rank", "minmax", "zscore", "mean", "total", "largest", "smallest", "count"};
constexpr std::string_view kProvenance[] = {"from", "score_in", "position_in", "channels"};

template <size_t N>
bool one_of(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

}  // namespace

bool Expressions::positional(const syntax::Call& call, size_t least, size_t most, const std::string& function,
                             Span span) {
  for (const auto& argument : call.arguments) {
    if (!argument.name) continue;
    context_.diagnostics.error(Code::wrong_arguments, argument.name->span,
                               fmt::format("`{}` takes its arguments without names", function), "drop this name");
    return false;
  }
  if (call.arguments.size() >= least && call.arguments.size() <= most) return true;
  const std::string count = least == most ? fmt::format("{} argument{}", least, least == 1 ? "" : "s")
                                          : fmt::format("{} to {} arguments", least, most);
  context_.diagnostics.error(Code::wrong_arguments, span,
                             fmt::format("`{}` takes {}, and got {}", function, count, call.arguments.size()));
  return false;
}

ExprId Expressions::call(const syntax::Expr& expr, const syntax::Call& call, Scope& scope) {
  if (const auto* ref = std::get_if<syntax::NameRef>(&call.callee->node))
    return named_call(expr, call, ref->name, scope);
  if (const auto* member = std::get_if<syntax::Member>(&call.callee->node)) return method(expr, call, *member, scope);
  if (!std::holds_alternative<syntax::ErrorExpr>(call.callee->node)) {
    context_.diagnostics.error(Code::unknown_function, call.callee->span,
                               "only functions and sequence operations are called", "not a function");
  }
  return kNoExpr;
}

ExprId Expressions::named_call(const syntax::Expr& expr, const syntax::Call& call, const std::string& function,
                               Scope& scope) {
  if (const auto it = context_.declarations.functions.find(function); it != context_.declarations.functions.end()) {
    return inlined(expr, call, *it->second, scope);
  }
  bool handled = false;
  const ExprId special = special_call(expr, call, function, scope, handled);
  if (handled) return special;

  const auto* def = context_.registry.function(function);
  if (def == nullptr || is_spelled_between(function)) {
    if (context_.declarations.lost.contains(function)) return kNoExpr;
    std::vector<std::string> names(std::begin(kProvenance), std::end(kProvenance));
    for (const auto& d : context_.registry.all()) {
      if (std::holds_alternative<FunctionDef>(d.what) && !is_spelled_between(d.name)) names.push_back(d.name);
    }
    for (const auto& [name, decl] : context_.declarations.functions) names.push_back(name);
    auto& d = context_.diagnostics.error(Code::unknown_function, call.callee->span,
                                         fmt::format("unknown function `{}`", function), "not a function");
    const std::string near = diagnostics::did_you_mean(function, names);
    d.help.push_back(near.empty() ? "`rec-run operators` lists all functions; `fn` declares your own" : near);
    return kNoExpr;
  }
  const auto& parameters = std::get<FunctionDef>(def->what);
  size_t least = SIZE_MAX, most = 0;
  for (const auto& overload : parameters.overloads) {
    least = std::min(least, overload.parameters.size());
    most = std::max(most, overload.parameters.size());
  }
  if (parameters.variadic) least = 2, most = 64;
  if (!positional(call, least, most, function, expr.span)) return kNoExpr;
  std::vector<ExprId> arguments;
  std::vector<Span> spans;
  bool good = true;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    // Lists (bounds, points) take the element type that some overload has at this place.
    const Type* hint = nullptr;
    for (const auto& overload : parameters.overloads) {
      if (i < overload.parameters.size() && overload.parameters[i].kind == Kind::list &&
          overload.parameters[i].element != Kind::none && parameters.overloads.size() == 1) {
        hint = &overload.parameters[i];
      }
    }
    arguments.push_back(check(*call.arguments[i].value, scope, hint));
    spans.push_back(call.arguments[i].value->span);
    good = good && arguments.back() != kNoExpr;
  }
  return good ? overloaded(*def, std::move(arguments), spans, expr.span) : kNoExpr;
}

ExprId Expressions::special_call(const syntax::Expr& expr, const syntax::Call& call, const std::string& function,
                                 Scope& scope, bool& handled) {
  handled = true;
  if (function == "time") {
    types::Value value;
    if (!positional(call, 1, 1, function, expr.span) ||
        !literal_value(expr, types::time(), context_.diagnostics, value))
      return kNoExpr;
    return add_constant(std::move(value), types::time(), expr.span);
  }
  if (function == "age") {
    if (!positional(call, 1, 1, function, expr.span)) return kNoExpr;
    const ExprId t = check_as(*call.arguments[0].value, scope, types::time(), 255, "the argument of `age`");
    if (t == kNoExpr) return kNoExpr;
    const ExprId now =
        add({.op = Op::request_field, .type = types::time(), .level = graph::kRequest, .index = 0, .span = expr.span});
    return this->call("-", {now, t}, expr.span);
  }
  if (function == "len") {
    if (!positional(call, 1, 1, function, expr.span)) return kNoExpr;
    const ExprId list = check(*call.arguments[0].value, scope);
    if (list == kNoExpr) return kNoExpr;
    if (type(list).optional)
      return maybe_missing(list, call.arguments[0].value->span, "the argument of `len`"), kNoExpr;
    if (type(list).kind == Kind::list)
      return add({.op = Op::length, .type = types::integer(), .args = {list}, .span = expr.span});
    context_.diagnostics
        .error(Code::no_overload, expr.span,
               fmt::format("`len` takes a list, and this is {}", types::to_text(type(list))))
        .help.emplace_back("events of a sequence are counted with `.count()`");
    return kNoExpr;
  }
  if (function == "div") {
    if (!positional(call, 2, 2, function, expr.span)) return kNoExpr;
    const ExprId a = check(*call.arguments[0].value, scope), b = check(*call.arguments[1].value, scope);
    if (a == kNoExpr || b == kNoExpr) return kNoExpr;
    const Span spans[] = {call.arguments[0].value->span, call.arguments[1].value->span};
    const ExprId id = overloaded(*context_.registry.function("div"), {a, b}, spans, expr.span);
    return id == kNoExpr ? kNoExpr : plain_division(id);
  }
  if (one_of(kProvenance, function)) return provenance(expr, call, function, scope);
  if (one_of(kBarriers, function)) return barrier(expr, call, function, scope);
  handled = false;
  return kNoExpr;
}

// What is the same for all candidates is still a value of the step it stands in: its level is that of a candidate.
ExprId Expressions::barrier(const syntax::Expr& expr, const syntax::Call& call, const std::string& function,
                            Scope& scope) {
  constexpr uint8_t kLevel = graph::kCandidate | graph::kBarrier;
  const auto op = static_cast<Op>(static_cast<size_t>(Op::barrier_rank) +
                                  static_cast<size_t>(std::ranges::find(kBarriers, function) - kBarriers));
  leaf(kLevel, expr.span);
  if (op == Op::barrier_count) {
    if (!positional(call, 0, 0, function, expr.span)) return kNoExpr;
    return add({.op = op, .type = types::integer(), .level = kLevel, .span = expr.span});
  }
  if (!positional(call, 1, 1, function, expr.span)) return kNoExpr;
  const auto& argument = *call.arguments[0].value;
  const ExprId x = check_at(argument, scope, kLevel, fmt::format("the argument of `{}`", function));
  if (x == kNoExpr) return kNoExpr;
  const types::Type given = type(x);
  if (given.optional) return maybe_missing(x, argument.span, fmt::format("the argument of `{}`", function)), kNoExpr;
  const bool ordered = op == Op::barrier_rank || op == Op::barrier_largest || op == Op::barrier_smallest;
  if (ordered ? !types::is_ordered(given) : !types::is_number(given)) {
    context_.diagnostics.error(
        Code::no_overload, argument.span,
        fmt::format("`{}` takes {}, and this is {}", function,
                    ordered ? "an int, a float, a time or a duration" : "an int or a float", types::to_text(given)));
    return kNoExpr;
  }
  types::Type result = types::floating();
  if (op == Op::barrier_rank) result = types::integer();
  if (op == Op::barrier_total || op == Op::barrier_largest || op == Op::barrier_smallest) result = given;
  return add({.op = op, .type = result, .level = kLevel, .args = {x}, .span = expr.span});
}

ExprId Expressions::provenance(const syntax::Expr& expr, const syntax::Call& call, const std::string& function,
                               Scope& scope) {
  if (scope.channels == nullptr) {
    auto& d = context_.diagnostics.error(
        Code::wrong_level, expr.span,
        fmt::format("`{}` looks at where a candidate came from, which is not known here", function));
    if (!scope.no_channels_because.empty()) d.help.push_back(scope.no_channels_because);
    return kNoExpr;
  }
  leaf(graph::kCandidate, expr.span);
  if (function == "channels") {
    if (!positional(call, 0, 0, function, expr.span)) return kNoExpr;
    return add({.op = Op::channel_count, .type = types::integer(), .level = graph::kCandidate, .span = expr.span});
  }
  if (!positional(call, 1, 1, function, expr.span)) return kNoExpr;
  const auto* ref = std::get_if<syntax::NameRef>(&call.arguments[0].value->node);
  const auto it = ref ? std::ranges::find(*scope.channels, ref->name) : scope.channels->end();
  if (it == scope.channels->end()) {
    if (ref && context_.declarations.lost.contains(ref->name)) return kNoExpr;
    const std::string word = ref ? ref->name : "";
    suggest(context_.diagnostics.error(Code::unknown_channel, call.arguments[0].value->span,
                                       ref ? fmt::format("there is no channel `{}`", word)
                                           : fmt::format("`{}` takes the name of a channel", function)),
            word, *scope.channels, "`recall`");
    return kNoExpr;
  }
  const auto index = static_cast<uint32_t>(it - scope.channels->begin());
  const auto [op, result] = function == "from"       ? std::pair{Op::from_channel, types::boolean()}
                            : function == "score_in" ? std::pair{Op::score_in, types::optional(types::floating())}
                                                     : std::pair{Op::position_in, types::optional(types::integer())};
  return add({.op = op, .type = result, .level = graph::kCandidate, .index = index, .span = expr.span});
}

ExprId Expressions::inlined(const syntax::Expr& expr, const syntax::Call& call, const syntax::FnDecl& decl,
                            Scope& scope) {
  if (context_.declarations.broken_functions.contains(&decl)) return kNoExpr;
  if (std::ranges::find(inlining_, &decl) != inlining_.end()) {
    auto& d = context_.diagnostics.error(Code::recursive_function, expr.span,
                                         fmt::format("function `{}` calls itself", decl.name.text),
                                         "called from its own body");
    d.help.emplace_back("functions are inlined, so that every program ends: write it without recursion");
    return kNoExpr;
  }
  const size_t count = decl.parameters.size();
  if (!positional(call, count, count, decl.name.text, expr.span)) return kNoExpr;
  Scope inner;
  inner.request = false;
  inner.hidden_because = "a function sees its arguments and the parameters only: pass it what it needs";
  inner.no_channels_because = inner.hidden_because;
  bool good = true;
  for (size_t i = 0; i < count; ++i) {
    Type wanted;
    if (!check_type(decl.parameters[i].type, context_.diagnostics, wanted)) return kNoExpr;
    const ExprId value = check_as(*call.arguments[i].value, scope, wanted, 255,
                                  fmt::format("argument `{}` of `{}`", decl.parameters[i].name.text, decl.name.text));
    good = good && value != kNoExpr;
    inner.names[decl.parameters[i].name.text] = value;
  }
  if (!good) return kNoExpr;
  inlining_.push_back(&decl);
  const ExprId result = check(*decl.body, inner);
  inlining_.pop_back();
  return result;
}

void check_functions(Declarations& declarations, const catalog::Catalog& catalog, const operators::Registry& registry,
                     const source::Sources& sources, diagnostics::Diagnostics& diagnostics) {
  graph::Plan scratch;
  const Context context{catalog, registry, sources, diagnostics, declarations};
  for (const auto& [name, decl] : declarations.functions) {
    const size_t before = diagnostics.errors();
    Expressions expressions(context, scratch);
    Scope scope;
    scope.request = false;
    scope.hidden_because = "a function sees its arguments and the parameters only: pass it what it needs";
    scope.no_channels_because = scope.hidden_because;
    bool good = true;
    for (uint32_t i = 0; i < decl->parameters.size(); ++i) {
      const auto& parameter = decl->parameters[i];
      Type type;
      if (!check_type(parameter.type, diagnostics, type)) {
        good = false;
        continue;
      }
      const auto [it, fresh] = scope.names.emplace(parameter.name.text, kNoExpr);
      if (!fresh)
        diagnostics.error(Code::duplicate_name, parameter.name.span,
                          fmt::format("argument `{}` is named twice", parameter.name.text));
      // Stands for the argument: a value of its type that nothing is known of.
      it->second = expressions.add({.op = Op::request_field,
                                    .type = type,
                                    .level = graph::kRequest,
                                    .index = 1'000'000 + i,
                                    .span = parameter.name.span});
    }
    if (good) good = expressions.check(*decl->body, scope) != kNoExpr;
    if (!good || diagnostics.errors() > before) declarations.broken_functions.insert(decl);
  }
}

}  // namespace rec::check
