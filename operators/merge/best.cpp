// `best`: by the largest of the channels' scaled scores, times their weights.
#include <algorithm>

#include "operators/list.h"
#include "operators/merge/scaled.h"

namespace rec::operators {
namespace {

std::vector<MergePick> run(std::span<const MergeInput> channels, std::optional<uint32_t> take) {
  return merge_scaled(channels, take, [](double a, double b) { return std::max(a, b); });
}

}  // namespace

OperatorDef best() {
  return {.name = "best",
          .doc = "Merges by the largest of the channels' scores, each channel's scaled to 0 .. 1.",
          .example = "merge best(item_cf: 0.5, take: 500)",
          .parameters = {},
          .what = MergeDef{.run = run, .weights = true}};
}

}  // namespace rec::operators
