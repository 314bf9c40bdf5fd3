// When a channel runs, for how long, and what stands in for it; the deadline of the page.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"
#include "compiler/check/plans.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

bool PipelineChecker::channel_options(const syntax::Channel& written, graph::Channel& out) {
  bool good = true;
  if (written.when) {
    out.when =
        expressions_.check_as(*written.when, scope_, types::boolean(), graph::kRequest, "the `when` of a channel");
    good = out.when != kNoExpr;
    out.text += " when " + syntax::print(*written.when);
  }
  if (written.otherwise) out.text += " else " + written.otherwise->text;
  out.required = written.required;
  if (out.required) out.text += " required";
  return good;
}

void PipelineChecker::stand_ins(const syntax::RecallStep& recall, graph::RecallStep& out) {
  if (out.channels.size() != recall.channels.size()) return;  // after an error
  for (size_t c = 0; c < out.channels.size(); ++c) {
    const auto& name = recall.channels[c].otherwise;
    if (!name) continue;
    const auto it = std::ranges::find(channel_names_, name->text);
    if (it == channel_names_.end()) {
      suggest(context_.diagnostics.error(Code::unknown_channel, name->span,
                                         fmt::format("there is no channel `{}`", name->text), "not a channel"),
              name->text, channel_names_, "`recall`");
      continue;
    }
    out.channels[c].otherwise = static_cast<uint32_t>(it - channel_names_.begin());
  }
  for (size_t c = 0; c < out.channels.size(); ++c) {
    std::optional<uint32_t> next = out.channels[c].otherwise;
    for (size_t hops = 0; next && *next != c && hops < out.channels.size(); ++hops)
      next = out.channels[*next].otherwise;
    if (!next || *next != c) continue;
    context_.diagnostics
        .error(Code::else_cycle, recall.channels[c].otherwise->span,
               fmt::format("channel `{}` would stand in for itself", out.channels[c].name), "comes back to it")
        .help.emplace_back("let the chain of `else` end with a channel that has none");
    return;
  }
}

void PipelineChecker::deadline(const syntax::DeadlineStep& deadline, const syntax::Step& step) {
  if (plan_->deadline != kNoExpr) {
    context_.diagnostics.error(Code::step_order, step.keyword, "a pipeline has one `deadline`", "a second one");
    return;
  }
  plan_->deadline =
      expressions_.check_as(*deadline.deadline, scope_, types::duration(), graph::kRequest, "the `deadline`");
  deadline_span_ = step.span;
  if (!deadline.otherwise) return;
  deadline_else_ = true;
  const auto& name = *deadline.otherwise;
  const auto it = context_.declarations.pipelines.find(name.text);
  if (it == context_.declarations.pipelines.end()) {
    std::vector<std::string> names;
    for (const auto& [known, decl] : context_.declarations.pipelines) names.push_back(known);
    suggest(context_.diagnostics.error(Code::unknown_pipeline, name.span,
                                       fmt::format("there is no pipeline `{}`", name.text), "not a pipeline"),
            name.text, names, "the strategy");
    return;
  }
  if (it->second->user_table.text != decl_.user_table.text) {
    context_.diagnostics.error(Code::type_mismatch, name.span,
                               fmt::format("`{}` is for {}, and this pipeline is for {}", name.text,
                                           it->second->user_table.text, decl_.user_table.text),
                               "another user table");
    return;
  }
  plan_->otherwise = context_.plans->of(context_, *it->second, name.span);
}

}  // namespace rec::check
