// `waterfall`: channel after channel, the next only while there is room.
#include "operators/list.h"

namespace rec::operators {

OperatorDef waterfall() {
  // The engine runs no more channels than it takes; what they brought is placed in order.
  MergeDef policy = std::get<MergeDef>(in_order().what);
  policy.sequential = true;
  return {.name = "waterfall",
          .doc = "Runs the channels in sequence, the next only while fewer than `take` are there.",
          .example = "merge waterfall(take: 500)",
          .parameters = {},
          .what = policy};
}

}  // namespace rec::operators
