// What models read: the catalog's inputs, MODEL.user, and the events that `.search` finds for each candidate.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/expressions.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

using graph::Op;
using types::Kind;

namespace {

bool is_scalar(Kind kind) {
  return kind == Kind::boolean || kind == Kind::integer || kind == Kind::floating || kind == Kind::string ||
         kind == Kind::time || kind == Kind::duration;
}

}  // namespace

const std::string* Expressions::owner_of(const syntax::Expr& expr, const Scope& scope) const {
  const auto* member = std::get_if<syntax::Member>(&expr.node);
  const auto* base = member ? std::get_if<syntax::NameRef>(&member->base->node) : nullptr;
  if (base == nullptr || scope.names.contains(base->name) || context_.declarations.parameter_index.contains(base->name))
    return nullptr;
  if (scope.channels != nullptr && std::ranges::find(*scope.channels, base->name) != scope.channels->end())
    return nullptr;
  return &base->name;
}

const catalog::Model* Expressions::model_of(const syntax::Expr& expr, const Scope& scope) const {
  const std::string* owner = owner_of(expr, scope);
  return owner == nullptr ? nullptr : context_.catalog.model(*owner);
}

const catalog::Index* Expressions::factors_of(const syntax::Expr& expr, const Scope& scope) const {
  const std::string* owner = owner_of(expr, scope);
  return owner == nullptr ? nullptr : context_.catalog.index(*owner);
}

ExprId Expressions::index_user(const catalog::Index& index, const syntax::Expr& expr, const Scope& scope) {
  const auto& member = std::get<syntax::Member>(expr.node).member;
  const auto unknown = [&](Span span, std::string message, std::string label, std::string help) {
    context_.diagnostics.error(Code::unknown_name, span, std::move(message), std::move(label))
        .help.push_back(std::move(help));
    return kNoExpr;
  };
  if (index.algorithm != "als") {
    return unknown(expr.span, fmt::format("index `{}` ({}) has no vectors of users", index.name, index.algorithm),
                   "no vector of the user", "indexes of the algorithm als have them, and models with a user tower");
  }
  if (member.text != "user") {
    return unknown(member.span, fmt::format("an index has no `.{}` to search by", member.text),
                   "not a value of the request", fmt::format("it is `{}.user`", index.name));
  }
  const std::string& users = context_.catalog.tables[*scope.user_table].name;
  if (index.user_table != users) {
    return unknown(
        expr.span,
        fmt::format("index `{}` is about {}, and this pipeline is for {}", index.name, index.user_table, users),
        "an index of other users", "search by a vector of this pipeline's users");
  }
  return add({.op = Op::index_user,
              .type = types::vector(static_cast<uint32_t>(std::get<int64_t>(index.options.at("factors")))),
              .level = graph::kRequest,
              .index = static_cast<uint32_t>(&index - context_.catalog.indexes.data()),
              .span = expr.span});
}

ExprId Expressions::model_user(const catalog::Model& model, const syntax::Expr& expr, const Scope& scope) {
  const auto& member = std::get<syntax::Member>(expr.node).member;
  if (member.text != "user") {
    context_.diagnostics.error(
        Code::unknown_name, member.span,
        fmt::format("a model has no `.{}` to search by: it is `{}.user`", member.text, model.name),
        "not a value of the request");
    return kNoExpr;
  }
  if (model.user_inputs.empty()) {
    context_.diagnostics
        .error(Code::unknown_name, expr.span,
               fmt::format("model `{}` ({}) has no vector of the user", model.name, model.algorithm), "no user tower")
        .help.emplace_back("models of the algorithms two_tower and three_tower have one");
    return kNoExpr;
  }
  if (!model_fits(model, scope, expr.span)) return kNoExpr;
  graph::Node node{.op = Op::model_user,
                   .type = types::vector(0),
                   .level = graph::kRequest,
                   .index = static_cast<uint32_t>(&model - context_.catalog.models.data()),
                   .span = expr.span};
  for (const auto& input : model.user_inputs) {
    node.args.push_back(check_catalog_input(input.value, context_, plan_, scope.user_table, std::nullopt));
    if (node.args.back() == kNoExpr) return kNoExpr;
  }
  return add(std::move(node));
}

bool Expressions::model_fits(const catalog::Model& model, const Scope& scope, Span span) {
  const auto& catalog = context_.catalog;
  if (catalog.events.empty()) return true;
  const auto& about = catalog.events.front();
  const auto& users = catalog.tables[*scope.user_table].name;
  const auto& items = catalog.tables[*scope.item_table].name;
  if (about.user_table == users && about.item_table == items) return true;
  context_.diagnostics.error(Code::type_mismatch, span,
                             fmt::format("model `{}` is about {} and {}, and this pipeline about {} and {}", model.name,
                                         about.user_table, about.item_table, users, items),
                             "a model of other tables");
  return false;
}

ExprId Expressions::model_input(const syntax::Expr& expr, Scope& scope, uint8_t levels, std::string_view what) {
  const auto* call = std::get_if<syntax::Call>(&expr.node);
  const auto* member = call ? std::get_if<syntax::Member>(&call->callee->node) : nullptr;
  if (member != nullptr && member->member.text == "search") {
    const ExprId base = check(*member->base, scope);
    if (base == kNoExpr) return kNoExpr;
    if (type(base).kind == Kind::sequence) return search(expr, *call, base, scope);
  }
  const ExprId id = check_at(expr, scope, levels, what);
  if (id == kNoExpr) return kNoExpr;
  if (type(id).kind == Kind::record || type(id).kind == Kind::none) {
    context_.diagnostics.error(Code::type_mismatch, expr.span,
                               fmt::format("a model reads single values, lists, vectors and sequences, and this is {}",
                                           types::to_text(type(id))));
    return kNoExpr;
  }
  if (type(id).kind == Kind::sequence && (level(id) & graph::kCandidate)) {
    context_.diagnostics
        .error(Code::wrong_level, expr.span, fmt::format("{} is a sequence that differs between candidates", what),
               "looks at the candidate")
        .help.emplace_back("`.search(like: item.COLUMN, k: 50)` finds a candidate's events");
    return kNoExpr;
  }
  return id;
}

bool Expressions::search_arguments(const syntax::Expr& expr, const syntax::Call& call, SearchArguments& out) {
  static const std::vector<std::string> kNames{"like", "near", "k"};
  const auto wrong = [&](Span span, std::string message) {
    context_.diagnostics.error(Code::wrong_arguments, span, std::move(message))
        .help.emplace_back("`.search(like: item.COLUMN, k: 50)` or `.search(near: item.VECTOR, k: 50)`");
    return false;
  };
  for (const auto& argument : call.arguments) {
    if (!argument.name) return wrong(argument.value->span, "the arguments of `.search` have names");
    const auto at = std::ranges::find(kNames, argument.name->text);
    if (at == kNames.end()) {
      suggest(context_.diagnostics.error(Code::unknown_argument, argument.name->span,
                                         fmt::format("`.search` has no argument `{}`", argument.name->text),
                                         "not an argument of it"),
              argument.name->text, kNames, "`.search`");
      return false;
    }
    const syntax::Expr*& slot = at - kNames.begin() == 2 ? out.k : out.column;
    if (slot != nullptr) return wrong(argument.name->span, "`.search` takes one of `like:` and `near:`, and one `k:`");
    slot = argument.value.get();
    if (&slot == &out.column) out.near = at - kNames.begin() == 1;
  }
  if (out.column == nullptr) return wrong(expr.span, "`.search` needs `like:` or `near:`");
  return out.k != nullptr || wrong(expr.span, "`.search` needs `k:`, how many events it finds");
}

ExprId Expressions::search(const syntax::Expr& expr, const syntax::Call& call, ExprId base, Scope& scope) {
  SearchArguments given;
  if (!search_arguments(expr, call, given)) return kNoExpr;
  const auto mismatch = [&](Span span, std::string message) {
    context_.diagnostics.error(Code::type_mismatch, span, std::move(message));
    return kNoExpr;
  };
  if (level(base) & graph::kCandidate)
    return mismatch(expr.span, "`.search` looks at the candidate itself: search a sequence that does not");
  const auto& sequence = context_.catalog.sequences[*context_.catalog.sequence_index(type(base).name)];
  const auto& events = context_.catalog.events[sequence.events];
  const ExprId column = check(*given.column, scope);
  const ExprId k = check_count(*given.k, scope, "the `k` of `.search`", 1);
  if (column == kNoExpr || k == kNoExpr) return kNoExpr;
  const char* name = given.near ? "near" : "like";
  if (node(column).op != Op::item_column)
    return mismatch(given.column->span, fmt::format("`{}:` names a column of the candidate, `item.COLUMN`", name));
  if (context_.catalog.tables[*scope.item_table].name != events.item_table) {
    return mismatch(given.column->span,
                    fmt::format("`{}` holds events on {}, and the candidates are {}", sequence.name, events.item_table,
                                context_.catalog.tables[*scope.item_table].name));
  }
  const Kind kind = type(column).kind;
  if (given.near ? kind != Kind::vector : !is_scalar(kind)) {
    return mismatch(given.column->span,
                    fmt::format("`{}:` takes a column of {}, and this is {}", name,
                                given.near ? "vectors" : "single values", types::to_text(type(column))));
  }
  return add({.op = given.near ? Op::sequence_nearest : Op::sequence_latest,
              .type = type(base),
              .args = {base, column, k},
              .index = node(column).index,
              .span = expr.span});
}

ExprId check_catalog_input(const catalog::Expression& expression, const Context& context, graph::Plan& plan,
                           std::optional<size_t> user_table, std::optional<size_t> item_table) {
  const size_t before = context.diagnostics.errors();
  const auto tree = syntax::parse_expression(expression.span, context.sources, context.diagnostics);
  if (tree == nullptr || context.diagnostics.errors() > before) return kNoExpr;
  const Declarations none;  // a strategy's parameters and functions are not there in training
  const Context own{context.catalog, context.registry, context.sources, context.diagnostics, none};
  Scope scope;
  scope.user_table = user_table;
  scope.item_table = item_table;
  scope.hidden_because = "a user tower sees `user`, an item tower `item`";
  scope.no_channels_because = "a model's inputs are the same in training, where there are no channels";
  const auto levels = static_cast<uint8_t>(graph::kRequest | (item_table ? graph::kCandidate : 0));
  return Expressions(own, plan).model_input(*tree, scope, levels, "a model's input");
}

}  // namespace rec::check
