// `waterfall`: the next channel only while there is room. Declared, so that a strategy that uses it hears that it is
// not there yet.
#include "operators/list.h"

namespace rec::operators {

OperatorDef waterfall() {
  return {.name = "waterfall",
          .doc = "Runs the channels in sequence, the next only while fewer than `take` are there.",
          .example = "merge waterfall(take: 500)",
          .parameters = {},
          .what = MergeDef{}};
}

}  // namespace rec::operators
