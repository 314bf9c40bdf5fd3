// `recall` and `merge`: the channels, each as long as it may take, and what stands in for those that fail.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "runtime/engine/channel_task.h"
#include "runtime/engine/errors.h"
#include "runtime/engine/observer.h"
#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

using Clock = Pool::Clock;
using Deadline = std::optional<Clock::time_point>;

class Recall {
 public:
  Recall(Run& run, const graph::RecallStep& step) : run_(run), step_(step), channels_(step.channels.size()) {
    // What may be cut off needs a thread to leave behind, and what waits lets others run meanwhile. Sources that do
    // neither are done sooner here, one after another: handing one over costs about what it takes.
    const auto needs_thread = [](const graph::Channel& channel) {
      return channel.timeout != graph::kNoExpr ||
             (channel.source != nullptr && std::get<operators::SourceDef>(channel.source->what).waits);
    };
    on_pool_ = run.pool != nullptr && (run.deadline || std::ranges::any_of(step.channels, needs_thread));
  }

  std::vector<ChannelResult> results() {
    const auto* policy = step_.merge.policy;
    if (policy != nullptr && std::get<operators::MergeDef>(policy->what).sequential) {
      one_by_one();
    } else {
      side_by_side();
    }
    std::vector<ChannelResult> out;
    out.reserve(channels_.size());
    for (Attempt& channel : channels_) out.push_back(std::move(channel.result));
    return out;
  }

 private:
  struct Attempt {
    bool started = false, ended = false, settled = false;
    Deadline until{};
    bool until_page = false;  // the page's deadline comes first
    std::shared_ptr<ChannelTask> task{};
    Pool::TaskPtr running{};
    ChannelResult result{};
  };

  void side_by_side() {
    for (size_t c = 0; c < channels_.size(); ++c) start(c);
    // The earliest deadline first: each is then looked at when it passes.
    std::vector<size_t> order(channels_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, {},
                             [&](size_t c) { return channels_[c].until.value_or(Clock::time_point::max()); });
    for (const size_t c : order) end(c);
    for (size_t c = 0; c < channels_.size(); ++c) settle(c);
  }

  /// `waterfall`: the next only while fewer than `take` are there.
  void one_by_one() {
    const uint32_t take = step_.merge.take == graph::kNoExpr ? UINT32_MAX : count_of(run_, step_.merge.take);
    std::unordered_set<uint32_t> there;  // counted only, never walked
    for (size_t c = 0; c < channels_.size() && there.size() < take; ++c) {
      settle(c);
      there.insert(channels_[c].result.rows.begin(), channels_[c].result.rows.end());
    }
    for (size_t c = 0; c < channels_.size(); ++c) {  // one that only stood in for another brings nothing itself
      if (!channels_[c].settled) channels_[c].result = named(c);
    }
  }

  ChannelResult named(size_t c) const {
    ChannelResult none;
    none.trace.name = step_.channels[c].name;
    return none;
  }

  /// Where a channel may get stuck: its source on its index, or its pipeline.
  static std::string kind_of(const graph::Channel& channel) {
    if (channel.pipeline != nullptr) return "pipeline " + channel.pipeline->name;
    std::string kind = channel.source->name;
    for (const auto& argument : channel.arguments) kind += argument.index.empty() ? "" : " " + argument.index;
    return kind;
  }

  void set_deadline(size_t c) {
    const graph::Channel& channel = step_.channels[c];
    Attempt& attempt = channels_[c];
    if (channel.timeout != graph::kNoExpr)
      attempt.until = Clock::now() + duration_of(run_.context.integer(channel.timeout));
    if (run_.deadline && (!attempt.until || *run_.deadline <= *attempt.until)) {
      attempt.until = run_.deadline;
      attempt.until_page = true;
    }
  }

  void start(size_t c) {
    const graph::Channel& channel = step_.channels[c];
    Attempt& attempt = channels_[c];
    if (attempt.started) return;
    attempt.started = true;
    attempt.result = named(c);
    if (channel.when != graph::kNoExpr && *run_.context.value(channel.when).as<uint8_t>() == 0) {
      attempt.ended = true;
      return;
    }
    if (on_pool_) prepare_channel(run_, channel);
    set_deadline(c);
    if (!on_pool_) return;
    attempt.task = std::make_shared<ChannelTask>(run_, channel);
    attempt.running = run_.pool->start(
        [task = attempt.task, until = attempt.until](std::stop_token stop) {
          task->result = run_channel(task->run, task->channel, std::move(stop), until);
        },
        kind_of(channel));
  }

  /// Waits for a channel, or runs it here.
  void end(size_t c) {
    Attempt& attempt = channels_[c];
    if (attempt.ended) return;
    attempt.ended = true;
    if (!on_pool_) {
      attempt.result = run_channel(run_, step_.channels[c], {}, attempt.until);
      if (attempt.until && Clock::now() > *attempt.until) cut_off(attempt);
      return;
    }
    const Stopwatch watch;
    switch (run_.pool->wait(attempt.running, attempt.until)) {
      case Pool::Outcome::done:
        attempt.result = std::move(attempt.task->result);
        run_.gone += attempt.task->context->gone() + attempt.task->run.gone;
        run_.waited_for_code |= attempt.task->context->waited_for_code() || attempt.task->run.waited_for_code;
        if (!run_.damage) run_.damage = attempt.task->context->error();
        if (!run_.damage) run_.damage = attempt.task->run.damage;
        for (auto& degraded : attempt.task->run.degraded) run_.degraded.push_back(std::move(degraded));
        break;
      case Pool::Outcome::late:
        cut_off(attempt);
        attempt.result.trace.us = watch.us();
        break;
      case Pool::Outcome::refused:
        attempt.result.failure = "no worker is free: earlier sources did not stop when they were told to";
        break;
    }
    attempt.task.reset();
  }

  void cut_off(Attempt& attempt) {
    ChannelResult late;
    late.trace.name = std::move(attempt.result.trace.name);
    late.trace.us = attempt.result.trace.us;
    late.failure = kTimeout;
    attempt.result = std::move(late);
    run_.cut_off = run_.cut_off || attempt.until_page;
  }

  /// Ends a channel and puts what stands in for it in its place; says what failed.
  void settle(size_t c) {
    Attempt& attempt = channels_[c];
    if (attempt.settled) return;
    attempt.settled = true;
    start(c);
    end(c);
    if (!attempt.result.failure) return;
    const graph::Channel& channel = step_.channels[c];
    attempt.result.trace.degraded = *attempt.result.failure;
    run_.degraded.push_back({"channel " + channel.name, *attempt.result.failure});
    const bool stood_in = channel.otherwise && stand_in(c, *channel.otherwise);
    if (channel.required && !stood_in && !run_.failure) {
      run_.failure = request_error(
          diagnostics::Code::required_channel_failed,
          fmt::format("channel `{}` failed, and it is `required`: {}", channel.name, *attempt.result.failure),
          "give it an `else`, a longer `timeout`, or drop `required`");
    }
  }

  /// False where the other channel failed as well, with all that stands behind it. The checker lets no chain cycle.
  bool stand_in(size_t c, size_t other) {
    start(other);
    end(other);
    const Attempt& source = channels_[other];
    if (source.result.failure) {
      settle(other);
      if (source.result.rows.empty()) return false;
    }
    ChannelResult& result = channels_[c].result;
    result.rows = source.result.rows;
    result.scores = source.result.scores;
    if (const auto take = step_.channels[c].take; take != graph::kNoExpr) {
      const size_t count = count_of(run_, take);
      if (result.rows.size() > count) result.rows.resize(count);
      if (result.scores.size() > count) result.scores.resize(count);
    }
    result.trace.out = result.rows.size();
    return true;
  }

  Run& run_;
  const graph::RecallStep& step_;
  std::vector<Attempt> channels_;
  bool on_pool_ = false;
};

}  // namespace

void run_recall(Run& run, const graph::RecallStep& step, const graph::Step& written) {
  const Stopwatch watch;
  std::vector<ChannelResult> channels = Recall(run, step).results();
  uint64_t brought = 0;
  for (const auto& channel : channels) brought += channel.rows.size();
  const int64_t recalled_us = watch.us();
  if (run.observer != nullptr) run.observer->recalled(run, step, channels);
  merge_channels(run, step.merge, channels);
  if (run.observer != nullptr) run.observer->merged(run, step);
  if (run.trace == nullptr) return;

  trace::StepTrace recall{.step = "recall", .text = written.text, .line = run.line(written.span)};
  recall.out = brought;
  recall.us = recalled_us;
  for (ChannelResult& channel : channels) recall.channels.push_back(std::move(channel.trace));
  run.trace->steps.push_back(std::move(recall));
  if (step.merge.policy == nullptr) return;
  trace::StepTrace merge{.step = "merge", .text = step.merge.text, .line = run.line(step.merge.span)};
  merge.in = brought;
  merge.out = run.batch.rows.size();
  merge.us = watch.us() - recalled_us;
  run.trace->steps.push_back(std::move(merge));
}

}  // namespace rec::engine
