// merge: the policy that makes one list of the channels', with a count, a range or a weight a channel.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"

namespace rec::check {

using operators::MergeDef;

void PipelineChecker::merge(const syntax::MergeStep& merge, const syntax::Step& step) {
  merged_ = true;
  const auto* policy = context_.registry.merge(merge.policy.text);
  if (policy == nullptr) {
    suggest(context_.diagnostics.error(Code::unknown_policy, merge.policy.span,
                                       fmt::format("there is no merge policy `{}`", merge.policy.text), "not a policy"),
            merge.policy.text, context_.registry.names<MergeDef>(), "the language");
    return;
  }
  if (std::get<MergeDef>(policy->what).run == nullptr)
    return not_supported(context_.diagnostics, merge.policy.span, fmt::format("the merge policy `{}`", policy->name));
  graph::MergeStep out;
  out.policy = policy;
  out.text = source_text(step.span);
  out.span = step.span;
  out.counts.assign(channel_names_.size(), {kNoExpr, kNoExpr});
  out.weights.assign(channel_names_.size(), kNoExpr);
  std::map<std::string, Span> given;
  for (const auto& argument : merge.arguments) {
    const auto& channel = argument.channel;
    if (given.emplace(channel.text, channel.span).second) {
      merge_argument(argument, out);
    } else {
      context_.diagnostics.error(Code::wrong_arguments, channel.span, fmt::format("`{}` is given twice", channel.text));
    }
  }
  check_promises(out, merge.policy.span);
  std::get<graph::RecallStep>(plan_->steps.front().what).merge = std::move(out);
}

void PipelineChecker::merge_argument(const syntax::MergeArgument& argument, graph::MergeStep& out) {
  const std::string& word = argument.channel.text;
  const auto channel = std::ranges::find(channel_names_, word);
  if (channel != channel_names_.end())
    return merge_channel(argument, static_cast<size_t>(channel - channel_names_.begin()), out);
  if (word == "take") {
    out.take = expressions_.check_count(*argument.low, scope_, "the `take` of `merge`");
    if (argument.high) context_.diagnostics.error(Code::wrong_arguments, argument.high->span, "`take:` is one number");
    return;
  }
  if (context_.declarations.lost.contains(word)) return;
  auto names = channel_names_;
  names.emplace_back("take");
  suggest(context_.diagnostics.error(Code::unknown_channel, argument.channel.span,
                                     fmt::format("there is no channel `{}`", word), "not a channel"),
          word, names, "`recall`");
}

void PipelineChecker::merge_channel(const syntax::MergeArgument& argument, size_t channel, graph::MergeStep& out) {
  const auto& def = std::get<MergeDef>(out.policy->what);
  if (!def.per_channel_counts && !def.ranges && !def.weights) {
    context_.diagnostics
        .error(Code::wrong_arguments, argument.channel.span,
               fmt::format("`{}` takes no counts per channel", out.policy->name), "only `take:`")
        .help.emplace_back("`round_robin` does; a channel's own `take` bounds it too");
    return;
  }
  if (def.weights) {
    out.weights[channel] = expressions_.check_as(*argument.low, scope_, types::floating(), graph::kRequest,
                                                 "a channel's weight in `merge`");
  } else {
    out.counts[channel].first = expressions_.check_count(*argument.low, scope_, "a channel's count in `merge`");
  }
  if (!argument.high) return;
  if (!def.ranges) {
    context_.diagnostics.error(Code::wrong_arguments, argument.high->span,
                               fmt::format("`{}` takes one number a channel", out.policy->name));
    return;
  }
  out.counts[channel].second = expressions_.check_count(*argument.high, scope_, "a channel's most in `merge`");
  const auto least = known_count(out.counts[channel].first), most = known_count(out.counts[channel].second);
  if (least && most && *least > *most)
    context_.diagnostics.error(
        Code::wrong_arguments, argument.high->span,
        fmt::format("the most is {} and the least {}: put the smaller number first", *most, *least));
}

/// The least counts of a quota must fit into what the merge takes.
void PipelineChecker::check_promises(const graph::MergeStep& merge, Span policy) {
  if (!std::get<MergeDef>(merge.policy->what).ranges) return;
  int64_t least = 0;
  for (const auto& [low, high] : merge.counts) least += known_count(low).value_or(0);
  const auto take = known_count(merge.take);
  if (!take || least <= *take) return;
  context_.diagnostics
      .error(Code::wrong_arguments, policy,
             fmt::format("the channels are promised {} items together, and `take:` lets {} in", least, *take))
      .help.emplace_back("raise `take:`, or promise less");
}

std::optional<int64_t> PipelineChecker::known_count(ExprId id) const {
  const auto* known = id == kNoExpr ? nullptr : expressions_.constant(id);
  const auto* count = known == nullptr ? nullptr : std::get_if<int64_t>(known);
  return count == nullptr ? std::nullopt : std::optional(std::min<int64_t>(*count, UINT32_MAX));
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
