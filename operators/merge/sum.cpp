// `sum`: by the sum of scaled scores. Declared, so that a strategy that uses it hears that it is not there yet.
#include "operators/list.h"

namespace rec::operators {

OperatorDef sum() {
  return {.name = "sum",
          .doc = "Merges by the sum of the channels' scores, each channel's scaled to 0 .. 1.",
          .example = "merge sum(item_cf: 0.5, take: 500)",
          .parameters = {},
          .what = MergeDef{.per_channel_counts = true}};
}

}  // namespace rec::operators
