// `dpp`: determinantal point process. Declared, so that a strategy that uses it hears that it is not there yet.
#include "operators/list.h"
#include "operators/rerank/parameters.h"

namespace rec::operators {

OperatorDef dpp() {
  return {.name = "dpp",
          .doc =
              "Selects, one by one, the candidate with the best sum of relevance and gain in log-determinant of the "
              "similarities.",
          .example = "rerank dpp(relevance: value, similarity: cosine(item.content), theta: 0.7, window: 10) take 30",
          .parameters = {relevance_parameter(), similarity_parameter(), theta_parameter(), window_parameter()},
          .what = RerankDef{.takes_similarity = true}};
}

}  // namespace rec::operators
