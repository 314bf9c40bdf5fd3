// `sum`: by the sum of the channels' scaled scores, times their weights.
#include "operators/list.h"
#include "operators/merge/scaled.h"

namespace rec::operators {
namespace {

std::vector<MergePick> run(std::span<const MergeInput> channels, std::optional<uint32_t> take) {
  return merge_scaled(channels, take, [](double a, double b) { return a + b; });
}

}  // namespace

OperatorDef sum() {
  return {.name = "sum",
          .doc = "Merges by the sum of the channels' scores, each channel's scaled to 0 .. 1.",
          .example = "merge sum(item_cf: 0.5, take: 500)",
          .parameters = {},
          .what = MergeDef{.run = run, .weights = true}};
}

}  // namespace rec::operators
