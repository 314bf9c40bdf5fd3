// `ssd`: sliding spectrum decomposition. Declared, so that a strategy that uses it hears that it is not there yet.
#include "operators/list.h"
#include "operators/rerank/parameters.h"

namespace rec::operators {

OperatorDef ssd() {
  return {
      .name = "ssd",
      .doc =
          "Selects, one by one, the candidate with the best sum of relevance and volume that its vector adds to the "
          "window's.",
      .example = "rerank ssd(relevance: value, vectors: item.content, gamma: 0.5, window: 10) take 30",
      .parameters = {relevance_parameter(),
                     {.name = "vectors", .type = types::vector(0), .doc = "the vector of a candidate"},
                     {.name = "gamma", .low = 0, .doc = "the weight of diversity"},
                     window_parameter()},
      .what = RerankDef{}};
}

}  // namespace rec::operators
