// `nearest`: vector search. Declared: a strategy that uses it compiles, and is refused where its index is not built.
#include "operators/list.h"

namespace rec::operators {

OperatorDef nearest() {
  return {.name = "nearest",
          .doc = "Yields the items whose vectors are nearest to the query, nearest first.",
          .example = "two_tower = nearest(two_tower, query: towers.user) take 300",
          .parameters = {{.name = "index",
                          .kind = ParameterKind::index,
                          .positional = true,
                          .doc = "a vector index of the catalog"},
                         {.name = "query", .type = types::vector(0), .doc = "the vector to search for"},
                         {.name = "probe",
                          .type = types::integer(),
                          .may_be_absent = true,
                          .low = 1,
                          .doc = "how far to search: more is slower and finds more"}},
          .what = SourceDef{.scored = true, .index_algorithms = {"hnsw", "ivf", "flat"}}};
}

}  // namespace rec::operators
