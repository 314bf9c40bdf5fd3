// `round_robin`: a few from each channel in turn.
#include "operators/list.h"
#include "operators/merge/placed.h"

namespace rec::operators {
namespace {

std::vector<MergePick> run(std::span<const MergeInput> channels, std::optional<uint32_t> take) {
  Placed placed(channels, take);
  std::vector<uint32_t> next(channels.size(), 0);
  for (bool moved = true; moved && !placed.full();) {
    moved = false;
    for (uint32_t channel = 0; channel < channels.size(); ++channel) {
      // An item that is placed already does not use up the channel's turn.
      for (int64_t left = channels[channel].low; left > 0 && !placed.full();) {
        if (next[channel] == channels[channel].rows.size()) break;
        if (placed.place(channel, next[channel]++)) --left;
        moved = true;
      }
    }
  }
  return placed.take();
}

}  // namespace

OperatorDef round_robin() {
  return {.name = "round_robin",
          .doc = "Merges by taking from each channel in turn, one unless given.",
          .example = "merge round_robin(item_cf: 3, take: 2000)",
          .parameters = {},
          .what = MergeDef{.run = run, .per_channel_counts = true}};
}

}  // namespace rec::operators
