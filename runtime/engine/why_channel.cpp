// What a channel did to one item.
#include "runtime/engine/why_channel.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/operands.h"

namespace rec::engine {
namespace {

/// The item's place in what the channel brings, from 1; 0: it is not there.
size_t place_in(const ChannelResult& result, uint32_t row) {
  const auto found = std::ranges::find(result.rows, row);
  return found == result.rows.end() ? 0 : static_cast<size_t>(found - result.rows.begin()) + 1;
}

class Absence {
 public:
  Absence(Run& run, const graph::RecallStep& step, size_t channel, uint32_t row, WhyStep& told)
      : run_(run), step_(step), channel_(step.channels[channel]), row_(row), told_(told) {}

  void tell(const ChannelResult& result) {
    if (channel_.when != graph::kNoExpr && *run_.context.value(channel_.when).as<uint8_t>() == 0)
      return say("not run: its `when` is false");
    if (result.failure) {
      say("failed: " + *result.failure);
      // What was late is worth running again, here without haste; what is broken is not.
      if (*result.failure != kTimeout) return;
    } else if (was_not_needed(result)) {
      return say("not run: the channels before it had brought enough");
    }
    tell_rank(result);
  }

 private:
  void say(std::string sentence) { told_.details.push_back(std::move(sentence)); }

  /// The channel again without its `take`, then without its conditions as well.
  void tell_rank(const ChannelResult& result) {
    graph::Channel open = channel_;
    open.take = graph::kNoExpr;
    if (const size_t rank = place_again(open); rank > 0) {
      if (channel_.take == graph::kNoExpr || (result.failure && rank <= count_of(run_, channel_.take)))
        return say(fmt::format("given the time it has it at place {}", rank));
      return say(fmt::format("has it at place {}, beyond its take of {}", rank, count_of(run_, channel_.take)));
    }
    open.where.clear();
    if (place_again(open) == 0) {
      say("does not have it");
      if (channel_.pipeline != nullptr)
        say(fmt::format("it is not on the page of `{0}`: `rec-run why --pipeline {0}` says why",
                        channel_.pipeline->name));
      return;
    }
    for (const auto& predicate : channel_.where) {
      if (holds(run_, predicate.expr, nullptr, row_)) continue;
      for (auto& reason : why_false(run_, predicate.expr, nullptr, row_))
        say(fmt::format("has it, and drops it by `{}`: {}", predicate.text, reason));
      return;
    }
  }

  /// `waterfall` left it out.
  bool was_not_needed(const ChannelResult& result) {
    const auto* policy = step_.merge.policy;
    if (policy == nullptr || !std::get<operators::MergeDef>(policy->what).sequential) return false;
    return result.rows.empty() && result.trace.looked_at == 0 && place_again(channel_) > 0;
  }

  size_t place_again(const graph::Channel& channel) {
    const size_t degraded = run_.degraded.size();
    const ChannelResult result = run_channel(run_, channel);
    run_.degraded.resize(degraded);
    return place_in(result, row_);
  }

  Run& run_;
  const graph::RecallStep& step_;
  const graph::Channel& channel_;
  uint32_t row_;
  WhyStep& told_;
};

}  // namespace

bool tell_channel(Run& run, const graph::RecallStep& step, size_t channel, const ChannelResult& result, uint32_t row,
                  WhyStep& told) {
  const size_t place = place_in(result, row);
  if (place == 0) {
    Absence(run, step, channel, row, told).tell(result);
    return false;
  }
  if (result.failure) told.details.push_back("failed: " + *result.failure + "; its `else` stood in");
  told.details.push_back(result.scores.empty()
                             ? fmt::format("brought it, at place {}", place)
                             : fmt::format("brought it, at place {}, with score {}", place, result.scores[place - 1]));
  return true;
}

std::string merge_had_no_place(Run& run, const graph::RecallStep& step, const std::vector<uint8_t>& brought) {
  const auto& merge = step.merge;
  std::string out =
      fmt::format("the channels brought it, and the merged list of {} has no place for it", run.batch.rows.size());
  if (merge.take != graph::kNoExpr) out += fmt::format("; `take:` is {}", count_of(run, merge.take));
  if (merge.policy == nullptr || !std::get<operators::MergeDef>(merge.policy->what).ranges) return out;
  for (size_t c = 0; c < brought.size(); ++c) {
    if (brought[c] == 0) continue;
    const auto [low, high] = merge.counts[c];
    const graph::ExprId most = high != graph::kNoExpr ? high : low;
    out += fmt::format("; the quota of `{}` is at most {}", step.channels[c].name,
                       most == graph::kNoExpr ? 0 : count_of(run, most));
  }
  return out;
}

}  // namespace rec::engine
