// Arguments of operators: matched to their parameters by name or place, and those of recall sources checked.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"

namespace rec::check {

using operators::ParameterDef;
using operators::ParameterKind;
using operators::SourceDef;

bool PipelineChecker::match(const operators::OperatorDef& def, const syntax::OperatorRef& ref,
                            std::vector<const syntax::Argument*>& out) {
  out.assign(def.parameters.size(), nullptr);
  std::vector<std::string> names;
  names.reserve(def.parameters.size());
  for (const auto& parameter : def.parameters) names.push_back(parameter.name);
  size_t next = 0;
  bool good = true;
  for (const auto& argument : ref.arguments) {
    const bool named = argument.name.has_value();
    while (!named && next < def.parameters.size() && (!def.parameters[next].positional || out[next])) ++next;
    const size_t at = named ? static_cast<size_t>(std::ranges::find(names, argument.name->text) - names.begin()) : next;
    if (at == names.size()) {
      good = false;
      if (named) {
        suggest(context_.diagnostics.error(Code::unknown_argument, argument.name->span,
                                           fmt::format("`{}` has no argument `{}`", def.name, argument.name->text),
                                           "not an argument of it"),
                argument.name->text, names, fmt::format("`{}`", def.name));
      } else {
        auto& d = context_.diagnostics.error(Code::wrong_arguments, argument.value->span,
                                             fmt::format("`{}` takes no further argument without a name", def.name),
                                             "which argument is this?");
        d.help.push_back(def.example.empty() ? "name it: `name: value`" : fmt::format("for example `{}`", def.example));
      }
      continue;
    }
    if (out[at] != nullptr) {
      context_.diagnostics.error(Code::wrong_arguments, argument.value->span,
                                 fmt::format("`{}` is given twice", names[at]));
      good = false;
      continue;
    }
    out[at] = &argument;
  }
  for (size_t i = 0; i < out.size() && good; ++i) {
    const auto& parameter = def.parameters[i];
    if (out[i] != nullptr || parameter.default_value || parameter.may_be_absent) continue;
    auto& d = context_.diagnostics.error(Code::wrong_arguments, ref.span,
                                         fmt::format("`{}` needs `{}`", def.name, parameter.name), "missing here");
    if (!def.example.empty()) d.help.push_back(fmt::format("for example `{}`", def.example));
    good = false;
  }
  return good;
}

bool PipelineChecker::in_bounds(const ParameterDef& parameter, ExprId value, Span span) {
  const auto* known = expressions_.constant(value);
  if (known == nullptr) return true;
  double number = 0;
  if (const auto* i = std::get_if<int64_t>(known)) {
    number = static_cast<double>(*i);
  } else if (const auto* f = std::get_if<float>(known)) {
    number = *f;
  } else {
    return true;
  }
  if ((!parameter.low || number >= *parameter.low) && (!parameter.high || number <= *parameter.high)) return true;
  const std::string range = parameter.low && parameter.high
                                ? fmt::format("from {} to {}", *parameter.low, *parameter.high)
                            : parameter.low ? fmt::format("at least {}", *parameter.low)
                                            : fmt::format("at most {}", *parameter.high);
  context_.diagnostics.error(Code::bad_bounds, span, fmt::format("`{}` must be {}", parameter.name, range),
                             "out of range");
  return false;
}

bool PipelineChecker::source_arguments(const SourceSyntax& written, graph::Channel& out) {
  const auto& def = *out.source;
  std::vector<const syntax::Argument*> given;
  if (!match(def, written.source, given)) return false;
  out.arguments.resize(def.parameters.size());
  bool good = true;
  std::optional<size_t> seed_events;
  for (size_t i = 0; i < given.size(); ++i) {
    const auto& parameter = def.parameters[i];
    auto& argument = out.arguments[i];
    argument.kind = parameter.kind;
    if (given[i] == nullptr) {
      if (parameter.default_value)
        argument.expr = expressions_.add_constant(*parameter.default_value, parameter.type, written.source.span);
      continue;
    }
    const auto& value = *given[i]->value;
    const std::string what = fmt::format("`{}` of `{}`", parameter.name, def.name);
    switch (parameter.kind) {
      case ParameterKind::index:
        good = index_argument(*given[i], def, argument) && good;
        continue;
      case ParameterKind::seeds:
      case ParameterKind::rows: {
        argument.expr =
            expressions_.check_rows(value, scope_, plan_->item_table, parameter.kind == ParameterKind::seeds, what);
        if (argument.expr != kNoExpr && expressions_.type(argument.expr).kind == types::Kind::sequence) {
          seed_events =
              context_.catalog.sequences[*context_.catalog.sequence_index(expressions_.type(argument.expr).name)]
                  .events;
        }
        break;
      }
      case ParameterKind::lambda:
        if (!seed_events) {
          if (std::ranges::all_of(out.arguments,
                                  [](const auto& a) { return a.kind != ParameterKind::seeds || a.expr != kNoExpr; })) {
            context_.diagnostics.error(Code::type_mismatch, value.span,
                                       fmt::format("{} needs events, and the seeds are rows without events", what));
          }
          good = false;
          continue;
        }
        argument.expr = expressions_.check_lambda(value, scope_, *seed_events, parameter.type, what);
        if (argument.expr != kNoExpr && (expressions_.level(argument.expr) & graph::kCandidate)) {
          context_.diagnostics.error(Code::wrong_level, value.span,
                                     fmt::format("{} is the same for all candidates", what),
                                     "this depends on the candidate");
          good = false;
        }
        break;
      default:
        argument.expr = parameter.type.kind == types::Kind::vector
                            ? query(value, out, what)
                            : expressions_.check_as(value, scope_, parameter.type, graph::kRequest, what);
        if (argument.expr != kNoExpr && !in_bounds(parameter, argument.expr, value.span)) good = false;
    }
    good = good && argument.expr != kNoExpr;
  }
  return good;
}

/// How long the vectors of an index are; nullopt where a model decides that.
std::optional<uint32_t> PipelineChecker::dimension_of(const catalog::Index& index) const {
  const auto number = [](const catalog::Index& als) {
    return static_cast<uint32_t>(std::get<int64_t>(als.options.at("factors")));
  };
  if (index.algorithm == "als") return number(index);
  const auto vectors = index.options.find("vectors");
  if (vectors == index.options.end()) return std::nullopt;
  const auto& name = std::get<std::string>(vectors->second);
  const std::string owner = name.substr(0, name.find('.'));
  if (const auto* table = context_.catalog.table(owner)) {
    const auto* column = table->column(name.substr(owner.size() + 1));
    return column == nullptr ? std::nullopt : std::optional(column->type.size);
  }
  const auto* factors = context_.catalog.index(owner);
  return factors != nullptr && factors->algorithm == "als" ? std::optional(number(*factors)) : std::nullopt;
}

/// A vector to search for: MODEL.user, INDEX.user, or one as long as those of the index.
ExprId PipelineChecker::query(const syntax::Expr& expr, const graph::Channel& channel, const std::string& what) {
  if (const auto* model = expressions_.model_of(expr, scope_)) return expressions_.model_user(*model, expr, scope_);
  const auto* factors = expressions_.factors_of(expr, scope_);
  const ExprId id = factors != nullptr ? expressions_.index_user(*factors, expr, scope_)
                                       : expressions_.check_as(expr, scope_, types::vector(0), graph::kRequest, what);
  if (id == kNoExpr) return kNoExpr;
  for (const auto& argument : channel.arguments) {
    const auto* index = context_.catalog.index(argument.index);
    const auto dimension = index == nullptr ? std::nullopt : dimension_of(*index);
    if (!dimension || *dimension == expressions_.type(id).size) continue;
    context_.diagnostics.error(
        Code::type_mismatch, expr.span,
        fmt::format("index `{}` holds {}, and this is {}", index->name, types::to_text(types::vector(*dimension)),
                    types::to_text(expressions_.type(id))),
        "a vector of another length");
    return kNoExpr;
  }
  return id;
}

bool PipelineChecker::index_argument(const syntax::Argument& argument, const operators::OperatorDef& def,
                                     graph::SourceArgument& out) {
  const auto* ref = std::get_if<syntax::NameRef>(&argument.value->node);
  const std::string word = ref ? ref->name : "";
  const auto* index = context_.catalog.index(word);
  const auto& algorithms = std::get<SourceDef>(def.what).index_algorithms;
  if (index == nullptr) {
    std::vector<std::string> names;
    for (const auto& candidate : context_.catalog.indexes) {
      if (std::ranges::find(algorithms, candidate.algorithm) != algorithms.end()) names.push_back(candidate.name);
    }
    suggest(context_.diagnostics.error(Code::unknown_index, argument.value->span,
                                       ref ? fmt::format("the catalog has no index `{}`", word)
                                           : fmt::format("`{}` takes the name of an index", def.name),
                                       "not an index"),
            word, names, fmt::format("the catalog, for `{}`,", def.name));
    return false;
  }
  if (std::ranges::find(algorithms, index->algorithm) == algorithms.end()) {
    std::string list;
    for (const auto& a : algorithms) list += (list.empty() ? "" : ", ") + a;
    context_.diagnostics.error(
        Code::wrong_index, argument.value->span,
        fmt::format("`{}` needs an index of {}, and `{}` is one of {}", def.name, list, word, index->algorithm));
    return false;
  }
  const auto& table = context_.catalog.tables[plan_->item_table].name;
  if (index->item_table != table) {
    context_.diagnostics.error(
        Code::wrong_index, argument.value->span,
        fmt::format("index `{}` is over {}, and this pipeline recalls {}", word, index->item_table, table));
    return false;
  }
  out.index = word;
  return true;
}

}  // namespace rec::check
