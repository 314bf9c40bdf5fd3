// `recall` and `merge`: the candidates of the request.
#include "runtime/engine/observer.h"
#include "runtime/engine/run.h"

namespace rec::engine {

void run_recall(Run& run, const graph::RecallStep& step, const graph::Step& written) {
  const Stopwatch watch;
  std::vector<ChannelResult> channels;
  uint64_t brought = 0;
  for (const auto& channel : step.channels) {
    channels.push_back(run_channel(run, channel));
    brought += channels.back().rows.size();
  }
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
