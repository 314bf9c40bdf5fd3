// recall and merge: channels with their sources, conditions and orders, and the policy that makes one list of them.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"
#include "compiler/check/plans.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

using operators::ParameterDef;
using operators::ParameterKind;
using operators::SourceDef;

namespace {

constexpr uint8_t kCandidateLevels = graph::kRequest | graph::kCandidate;

template <typename Def>
std::vector<std::string> operator_names(const operators::Registry& registry) {
  std::vector<std::string> names;
  for (const auto& def : registry.all()) {
    if (std::holds_alternative<Def>(def.what)) names.push_back(def.name);
  }
  return names;
}

}  // namespace

bool PipelineChecker::match(const operators::OperatorDef& def, const syntax::OperatorRef& ref,
                            std::vector<const syntax::Argument*>& out) {
  out.assign(def.parameters.size(), nullptr);
  std::vector<std::string> names;
  for (const auto& parameter : def.parameters) names.push_back(parameter.name);
  size_t next = 0;
  bool good = true;
  for (const auto& argument : ref.arguments) {
    size_t at = def.parameters.size();
    if (argument.name) {
      at = static_cast<size_t>(std::ranges::find(names, argument.name->text) - names.begin());
      if (at == names.size()) {
        suggest(context_.diagnostics.error(Code::unknown_argument, argument.name->span,
                                           fmt::format("`{}` has no argument `{}`", def.name, argument.name->text),
                                           "not an argument of it"),
                argument.name->text, names, fmt::format("`{}`", def.name));
        good = false;
        continue;
      }
    } else {
      while (next < def.parameters.size() && (!def.parameters[next].positional || out[next])) ++next;
      at = next;
      if (at == names.size()) {
        auto& d = context_.diagnostics.error(Code::wrong_arguments, argument.value->span,
                                             fmt::format("`{}` takes no further argument without a name", def.name),
                                             "which argument is this?");
        d.help.push_back(def.example.empty() ? "name it: `name: value`" : fmt::format("for example `{}`", def.example));
        good = false;
        continue;
      }
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

void PipelineChecker::recall(const syntax::RecallStep& recall, const syntax::Step& step) {
  recalled_ = true;
  recall_span_ = step.keyword;
  graph::RecallStep out;
  std::map<std::string, Span> names;
  scope_.no_channels_because = "channels are still being collected here: it is for the steps after `recall`";
  for (const auto& written : recall.channels) {
    if (const auto [it, fresh] = names.emplace(written.name.text, written.name.span); !fresh) {
      auto& d = context_.diagnostics.error(Code::duplicate_name, written.name.span,
                                           fmt::format("channel `{}` is declared twice", written.name.text));
      d.secondary.push_back({it->second, "first declared here"});
      continue;
    }
    channel_names_.push_back(written.name.text);
    graph::Channel made;
    const SourceSyntax source{.span = written.span,
                              .name = written.name.text,
                              .source = written.source,
                              .where = written.where.get(),
                              .take = written.take.get(),
                              .timeout = written.timeout.get(),
                              .by = written.by ? &*written.by : nullptr};
    const bool good = channel(source, made);
    channel_plans_.push_back(made.pipeline);
    if (channel_options(written, made) && good) out.channels.push_back(std::move(made));
  }
  stand_ins(recall, out);
  if (recall.channels.empty())
    context_.diagnostics.error(Code::no_recall, step.keyword, "`recall` has no channel", "nothing brings candidates");
  scope_.channels = &channel_names_;
  scope_.channel_plans = &channel_plans_;
  push(step, std::move(out));
}

/// Another pipeline's page.
bool PipelineChecker::pipeline_source(const SourceSyntax& written, const syntax::PipelineDecl& decl,
                                      graph::Channel& out) {
  const auto mismatch = [&](std::string message, std::string label) {
    context_.diagnostics.error(Code::type_mismatch, written.source.name.span, std::move(message), std::move(label));
    return false;
  };
  if (!written.source.arguments.empty()) {
    context_.diagnostics
        .error(Code::wrong_arguments, written.source.span,
               fmt::format("`{}` is a pipeline, and pipelines take no arguments", decl.name.text))
        .help.push_back(fmt::format("`{} = {} take 100`", written.name, decl.name.text));
    return false;
  }
  if (decl.user_table.text != decl_.user_table.text) {
    return mismatch(fmt::format("`{}` is for {}, and this pipeline is for {}", decl.name.text, decl.user_table.text,
                                decl_.user_table.text),
                    "another user table");
  }
  const std::string& items = context_.catalog.tables[plan_->item_table].name;
  if (decl.item_table.text != items) {
    return mismatch(fmt::format("`{}` recalls {}, and this pipeline {}", decl.name.text, decl.item_table.text, items),
                    "another item table; `insert` can bring its rows in");
  }
  out.pipeline = context_.plans->of(context_, decl, written.source.name.span);
  return out.pipeline != nullptr;
}

bool PipelineChecker::channel_source(const SourceSyntax& written, graph::Channel& out) {
  const std::string& source = written.source.name.text;
  out.source = context_.registry.source(source);
  if (out.source == nullptr) {
    if (const auto it = context_.declarations.pipelines.find(source); it != context_.declarations.pipelines.end())
      return pipeline_source(written, *it->second, out);
    auto names = operator_names<SourceDef>(context_.registry);
    for (const auto& [name, decl] : context_.declarations.pipelines) names.push_back(name);
    suggest(context_.diagnostics.error(Code::unknown_source, written.source.name.span,
                                       fmt::format("there is no recall source `{}`", source), "not a source"),
            source, names, "the language");
    return false;
  }
  const auto& def = std::get<SourceDef>(out.source->what);
  if (def.run == nullptr && def.index_algorithms.empty()) {  // without its index one is refused with the data
    not_supported(context_.diagnostics, written.source.span, fmt::format("the source `{}`", source));
    return false;
  }
  return source_arguments(written, out);
}

bool PipelineChecker::channel(const SourceSyntax& written, graph::Channel& out) {
  out.name = written.name;
  out.span = written.span;
  bool good = channel_source(written, out);
  if (out.source == nullptr && out.pipeline == nullptr) return false;
  out.where = eligible_;
  out.text = source_text(written.source.span);
  if (written.where) {
    const ExprId id =
        expressions_.check_as(*written.where, scope_, types::boolean(), kCandidateLevels, "the condition of a channel");
    good = good && id != kNoExpr;
    if (id != kNoExpr) out.where.push_back({id, syntax::print(*written.where), written.where->span});
    out.text += " where " + syntax::print(*written.where);
  }
  if (written.by) {
    const ExprId key = expressions_.check_order(*written.by->key, scope_, kCandidateLevels, "what a channel orders by");
    good = good && key != kNoExpr;
    if (key != kNoExpr) out.by = graph::Order{key, written.by->ascending};
    out.text += " by " + syntax::print(*written.by->key) + (written.by->ascending ? " asc" : "");
  }
  if (written.take) {
    out.take = expressions_.check_count(*written.take, scope_, "the `take` of a channel");
    good = good && out.take != kNoExpr;
    out.text += " take " + syntax::print(*written.take);
  } else if (out.source != nullptr && std::get<SourceDef>(out.source->what).take_required && !inserting_) {
    const Span name{written.span.file, written.span.begin, written.span.begin + static_cast<uint32_t>(out.name.size())};
    context_.diagnostics
        .error(Code::take_missing, name, fmt::format("channel `{}` does not say how many it brings", out.name),
               "`take` is missing")
        .help.push_back(fmt::format("add `take 100` behind `{}`", written.source.name.text));
    good = false;
  }
  if (written.timeout) {
    out.timeout = expressions_.check_as(*written.timeout, scope_, types::duration(), graph::kRequest,
                                        "the `timeout` of a source");
    good = good && out.timeout != kNoExpr;
    out.text += " timeout " + syntax::print(*written.timeout);
  }
  return good;
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

/// A vector to search for: MODEL.user, or one as long as those of the index.
ExprId PipelineChecker::query(const syntax::Expr& expr, const graph::Channel& channel, const std::string& what) {
  if (const auto* model = expressions_.model_of(expr, scope_)) return expressions_.model_user(*model, expr, scope_);
  const ExprId id = expressions_.check_as(expr, scope_, types::vector(0), graph::kRequest, what);
  if (id == kNoExpr) return kNoExpr;
  for (const auto& argument : channel.arguments) {
    const auto* index = context_.catalog.index(argument.index);
    const auto vectors = index ? index->options.find("vectors") : decltype(index->options.end()){};
    if (index == nullptr || vectors == index->options.end()) continue;
    const auto* name = std::get_if<std::string>(&vectors->second);
    const auto* table = context_.catalog.table(index->item_table);
    const auto* column = name && table ? table->column(name->substr(name->find('.') + 1)) : nullptr;
    if (column == nullptr || name->substr(0, name->find('.')) != table->name) continue;
    if (column->type.size == expressions_.type(id).size) continue;
    context_.diagnostics.error(
        Code::type_mismatch, expr.span,
        fmt::format("index `{}` holds {}, and this is {}", index->name, types::to_text(types::required(column->type)),
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

void PipelineChecker::merge(const syntax::MergeStep& merge, const syntax::Step& step) {
  merged_ = true;
  const auto* policy = context_.registry.merge(merge.policy.text);
  if (policy == nullptr) {
    suggest(context_.diagnostics.error(Code::unknown_policy, merge.policy.span,
                                       fmt::format("there is no merge policy `{}`", merge.policy.text), "not a policy"),
            merge.policy.text, operator_names<operators::MergeDef>(context_.registry), "the language");
    return;
  }
  const auto& def = std::get<operators::MergeDef>(policy->what);
  if (def.run == nullptr)
    return not_supported(context_.diagnostics, merge.policy.span, fmt::format("the merge policy `{}`", policy->name));
  auto& recall = std::get<graph::RecallStep>(plan_->steps.front().what);
  graph::MergeStep out;
  out.policy = policy;
  out.text = source_text(step.span);
  out.span = step.span;
  out.counts.assign(channel_names_.size(), {kNoExpr, kNoExpr});
  out.weights.assign(channel_names_.size(), kNoExpr);
  const auto number = [&](ExprId expr) -> std::optional<int64_t> {
    const auto* known = expr == kNoExpr ? nullptr : expressions_.constant(expr);
    const auto* count = known == nullptr ? nullptr : std::get_if<int64_t>(known);
    return count == nullptr ? std::nullopt : std::optional(std::min<int64_t>(*count, UINT32_MAX));
  };
  std::map<std::string, Span> given;
  for (const auto& argument : merge.arguments) {
    const std::string& word = argument.channel.text;
    if (const auto [it, fresh] = given.emplace(word, argument.channel.span); !fresh) {
      context_.diagnostics.error(Code::wrong_arguments, argument.channel.span,
                                 fmt::format("`{}` is given twice", word));
      continue;
    }
    const auto channel = std::ranges::find(channel_names_, word);
    if (word == "take" && channel == channel_names_.end()) {
      out.take = expressions_.check_count(*argument.low, scope_, "the `take` of `merge`");
      if (argument.high)
        context_.diagnostics.error(Code::wrong_arguments, argument.high->span, "`take:` is one number");
      continue;
    }
    if (channel == channel_names_.end()) {
      if (context_.declarations.lost.contains(word)) continue;
      auto names = channel_names_;
      names.emplace_back("take");
      suggest(context_.diagnostics.error(Code::unknown_channel, argument.channel.span,
                                         fmt::format("there is no channel `{}`", word), "not a channel"),
              word, names, "`recall`");
      continue;
    }
    if (!def.per_channel_counts && !def.ranges && !def.weights) {
      context_.diagnostics
          .error(Code::wrong_arguments, argument.channel.span,
                 fmt::format("`{}` takes no counts per channel", policy->name), "only `take:`")
          .help.emplace_back("`round_robin` does; a channel's own `take` bounds it too");
      continue;
    }
    const auto at = static_cast<size_t>(channel - channel_names_.begin());
    if (def.weights) {
      out.weights[at] = expressions_.check_as(*argument.low, scope_, types::floating(), graph::kRequest,
                                              "a channel's weight in `merge`");
    } else {
      out.counts[at].first = expressions_.check_count(*argument.low, scope_, "a channel's count in `merge`");
    }
    if (argument.high && def.ranges) {
      out.counts[at].second = expressions_.check_count(*argument.high, scope_, "a channel's most in `merge`");
      const auto least = number(out.counts[at].first), most = number(out.counts[at].second);
      if (least && most && *least > *most)
        context_.diagnostics.error(
            Code::wrong_arguments, argument.high->span,
            fmt::format("the most is {} and the least {}: put the smaller number first", *most, *least));
    } else if (argument.high)
      context_.diagnostics.error(Code::wrong_arguments, argument.high->span,
                                 fmt::format("`{}` takes one number a channel", policy->name));
  }
  int64_t least = 0;
  for (const auto& [low, high] : out.counts) least += def.ranges ? number(low).value_or(0) : 0;
  if (const auto take = number(out.take); take && least > *take) {
    context_.diagnostics
        .error(Code::wrong_arguments, merge.policy.span,
               fmt::format("the channels are promised {} items together, and `take:` lets {} in", least, *take))
        .help.emplace_back("raise `take:`, or promise less");
  }
  recall.merge = std::move(out);
}

void PipelineChecker::finish_merge() {
  if (merged_ || channel_names_.size() < 2) return;
  context_.diagnostics
      .error(Code::merge_missing, recall_span_,
             fmt::format("{} channels and no `merge`: how do they become one list?", channel_names_.size()),
             "not merged")
      .help.emplace_back("write `merge round_robin` behind it, or `merge in_order`");
}

}  // namespace rec::check
