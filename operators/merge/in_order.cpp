// `in_order`: channel after channel, as listed.
#include "operators/list.h"
#include "operators/merge/placed.h"

namespace rec::operators {
namespace {

std::vector<MergePick> run(std::span<const MergeInput> channels, std::optional<uint32_t> take) {
  Placed placed(channels, take);
  for (uint32_t channel = 0; channel < channels.size(); ++channel) {
    for (uint32_t position = 0; position < channels[channel].rows.size() && !placed.full(); ++position) {
      placed.place(channel, position);
    }
  }
  return placed.take();
}

}  // namespace

OperatorDef in_order() {
  return {.name = "in_order",
          .doc = "Merges channel after channel, as listed.",
          .example = "merge in_order(take: 500)",
          .parameters = {},
          .what = MergeDef{.run = run}};
}

}  // namespace rec::operators
