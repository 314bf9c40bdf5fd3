// recall: channels with their sources, conditions and orders.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/look_ups.h"
#include "compiler/check/pipeline.h"
#include "compiler/check/plans.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

using operators::SourceDef;

namespace {

constexpr uint8_t kCandidateLevels = graph::kRequest | graph::kCandidate;

}  // namespace

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
    auto names = context_.registry.names<SourceDef>();
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
  if (out.source != nullptr && std::get<SourceDef>(out.source->what).scans)
    find_look_ups(out, *plan_, context_.catalog);
  if (written.timeout) {
    out.timeout = expressions_.check_as(*written.timeout, scope_, types::duration(), graph::kRequest,
                                        "the `timeout` of a source");
    good = good && out.timeout != kNoExpr;
    out.text += " timeout " + syntax::print(*written.timeout);
  }
  return good;
}

}  // namespace rec::check
