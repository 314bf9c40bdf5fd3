// `score NAME = MODEL(…)`: the model, what it reads, and the columns that it fills.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"

namespace rec::check {

using types::Kind;
using types::Type;

namespace {

constexpr uint8_t kLevels = graph::kRequest | graph::kCandidate | graph::kBarrier;

/// An input of a model, and which rows its expression sees.
struct Input {
  const catalog::ModelInput* declared;
  bool user, item;
};

std::vector<Input> inputs_of(const catalog::Model& model) {
  std::vector<Input> out;
  for (const auto& input : model.user_inputs) out.push_back({&input, true, false});
  for (const auto& input : model.item_inputs) out.push_back({&input, false, true});
  for (const auto& input : model.inputs) out.push_back({&input, true, true});
  return out;
}

}  // namespace

/// Arguments by the place of the input they stand for; false after an error.
bool PipelineChecker::named_inputs(const syntax::ScoreStep& score, const catalog::Model& model,
                                   std::map<size_t, const syntax::Expr*>& out) {
  std::vector<std::string> names;
  for (const auto& input : inputs_of(model)) names.push_back(input.declared->name);
  bool good = true;
  const auto wrong = [&](Span span, std::string message) {
    good = false;
    return &context_.diagnostics.error(Code::wrong_arguments, span, std::move(message));
  };
  for (const auto& argument : score.inputs) {
    if (!argument.name) {
      wrong(argument.value->span, fmt::format("the inputs of `{}` are given by name", model.name))
          ->help.push_back(fmt::format("`{}({}: …)`", model.name, names.empty() ? "input" : names.front()));
      continue;
    }
    const auto at = std::ranges::find(names, argument.name->text);
    if (at == names.end()) {
      suggest(context_.diagnostics.error(Code::unknown_argument, argument.name->span,
                                         fmt::format("model `{}` has no input `{}`", model.name, argument.name->text),
                                         "not an input of it"),
              argument.name->text, names, fmt::format("`{}`", model.name));
      good = false;
    } else if (std::ranges::count(names, *at) > 1) {
      wrong(argument.name->span,
            fmt::format("the user and the item of `{}` both have an input `{}`", model.name, argument.name->text));
    } else if (!out.emplace(static_cast<size_t>(at - names.begin()), argument.value.get()).second) {
      wrong(argument.name->span, fmt::format("`{}` is given twice", argument.name->text));
    }
  }
  return good;
}

/// A value given in place of the catalog's, in its type; it may be missing all the same.
ExprId PipelineChecker::given_input(const syntax::Expr& expr, const std::string& name, const Type& wanted) {
  const ExprId id = expressions_.model_input(expr, scope_, kLevels, fmt::format("the input `{}`", name));
  if (id == kNoExpr) return kNoExpr;
  const Type have = expressions_.type(id);
  const auto& catalog = context_.catalog;
  if (wanted.kind == Kind::sequence && have.kind == Kind::sequence &&
      catalog.sequences[*catalog.sequence_index(have.name)].events ==
          catalog.sequences[*catalog.sequence_index(wanted.name)].events)
    return id;
  Type target = types::required(wanted);
  target.optional = have.optional;
  if (const ExprId converted = expressions_.convert(id, target, expr.span); converted != kNoExpr) return converted;
  context_.diagnostics.error(Code::type_mismatch, expr.span,
                             fmt::format("the input `{}` is {} in the catalog, and this is {}", name,
                                         types::to_text(wanted), types::to_text(have)),
                             types::to_text(have));
  return kNoExpr;
}

bool PipelineChecker::score_inputs(const syntax::ScoreStep& score, const catalog::Model& model, graph::ScoreStep& out) {
  if (!expressions_.model_fits(model, scope_, score.model.span)) return false;
  std::map<size_t, const syntax::Expr*> given;
  bool good = named_inputs(score, model, given);
  for (const auto& input : inputs_of(model)) {
    const auto user = input.user ? scope_.user_table : std::nullopt,
               item = input.item ? scope_.item_table : std::nullopt;
    ExprId id = check_catalog_input(input.declared->value, context_, *plan_, user, item);
    const auto own = given.find(out.inputs.size());
    if (own != given.end() && id != kNoExpr)
      id = given_input(*own->second, input.declared->name, Type(expressions_.type(id)));
    good = good && id != kNoExpr;
    out.inputs.push_back(id);
  }
  return good;
}

ExprId PipelineChecker::score_column(const std::string& name, Span span, graph::ScoreStep& out) {
  const auto column = static_cast<uint32_t>(plan_->let_columns.size());
  plan_->let_columns.push_back({name, types::floating()});
  out.columns.push_back(column);
  mark_scored(column);
  return expressions_.add({.op = graph::Op::let_column,
                           .type = types::floating(),
                           .level = graph::kCandidate,
                           .index = column,
                           .span = span});
}

void PipelineChecker::score(const syntax::ScoreStep& score, const syntax::Step& step) {
  const auto& catalog = context_.catalog;
  if (reserved_name(score.name)) return;
  const auto* model = catalog.model(score.model.text);
  if (model == nullptr) {
    std::vector<std::string> names;
    for (const auto& each : catalog.models) names.push_back(each.name);
    suggest(context_.diagnostics.error(Code::unknown_model, score.model.span,
                                       fmt::format("the catalog has no model `{}`", score.model.text), "not a model"),
            score.model.text, names, "the catalog");
    return bind(score.name, kNoExpr);
  }
  graph::ScoreStep out{.model = static_cast<uint32_t>(model - catalog.models.data())};
  if (!score_inputs(score, *model, out)) return bind(score.name, kNoExpr);
  if (model->outputs.size() < 2) {
    bind(score.name, score_column(score.name.text, score.name.span, out));
  } else {
    std::vector<types::Field> fields;
    graph::Node record{.op = graph::Op::record, .type = {.kind = Kind::record}, .span = score.name.span};
    for (const auto& output : model->outputs) {
      fields.push_back({output, types::floating()});
      record.args.push_back(score_column(score.name.text + "." + output, score.name.span, out));
    }
    record.type.fields = std::make_shared<const std::vector<types::Field>>(std::move(fields));
    bind(score.name, expressions_.add(std::move(record)));
  }
  push(step, std::move(out));
}

void PipelineChecker::mark_scored(uint32_t column) {
  scored_.resize(plan_->let_columns.size(), 0);
  scored_[column] = 1;
}

bool PipelineChecker::depends_on_score(ExprId id) const {
  return graph::reads_columns(plan_->exprs, id, scored_);
}

/// A deadline may leave a score out, and then nobody knows what passes.
void PipelineChecker::check_decidable(ExprId condition, Span span) {
  if (deadline_span_ && !deadline_else_ && depends_on_score(condition)) {
    auto& d = context_.diagnostics.error(Code::deadline_needs_else, span,
                                         "`where` depends on a score, and at the deadline no `score` starts: what page "
                                         "is there then?",
                                         "cannot be decided without the score");
    d.secondary.push_back({*deadline_span_, "this has no `else`"});
    d.help.emplace_back("name a pipeline whose page stands in: `deadline 80ms else PIPELINE`, or order by the score");
  }
}

}  // namespace rec::check
