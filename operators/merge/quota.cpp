// `quota`: a least and a most for each channel.
#include "operators/list.h"
#include "operators/merge/placed.h"

namespace rec::operators {
namespace {

std::vector<MergePick> run(std::span<const MergeInput> channels, std::optional<uint32_t> take) {
  Placed placed(channels, take);
  std::vector<uint32_t> next(channels.size(), 0);
  std::vector<int64_t> got(channels.size(), 0);
  // An item that is placed already counts for no other channel.
  const auto place_one = [&](uint32_t channel) {
    while (!placed.full() && next[channel] < channels[channel].rows.size()) {
      if (placed.place(channel, next[channel]++)) return ++got[channel], true;
    }
    return false;
  };
  for (uint32_t channel = 0; channel < channels.size(); ++channel) {
    while (got[channel] < channels[channel].low && place_one(channel)) {
    }
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (uint32_t channel = 0; channel < channels.size(); ++channel) {
      if (got[channel] < channels[channel].high) moved |= place_one(channel);
    }
  }
  return placed.take();
}

}  // namespace

OperatorDef quota() {
  return {.name = "quota",
          .doc =
              "Merges each channel's least first, in listed order, then round robin up to each one's most; one that "
              "is not named has no least and no most.",
          .example = "merge quota(item_cf: 10 .. 100, take: 500)",
          .parameters = {},
          .what = MergeDef{.run = run, .ranges = true}};
}

}  // namespace rec::operators
