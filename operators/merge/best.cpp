// `best`: by the largest scaled score. Declared, so that a strategy that uses it hears that it is not there yet.
#include "operators/list.h"

namespace rec::operators {

OperatorDef best() {
  return {.name = "best",
          .doc = "Merges by the largest of the channels' scores, each channel's scaled to 0 .. 1.",
          .example = "merge best(item_cf: 0.5, take: 500)",
          .parameters = {},
          .what = MergeDef{.per_channel_counts = true}};
}

}  // namespace rec::operators
