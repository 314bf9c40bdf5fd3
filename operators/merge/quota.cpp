// `quota`: a least and a most for each channel. Declared, so that a strategy that uses it hears that it is not there
// yet.
#include "operators/list.h"

namespace rec::operators {

OperatorDef quota() {
  return {.name = "quota",
          .doc = "Merges each channel's least first, in listed order, then round robin up to each one's most.",
          .example = "merge quota(item_cf: 10 .. 100, take: 500)",
          .parameters = {},
          .what = MergeDef{.per_channel_counts = true}};
}

}  // namespace rec::operators
