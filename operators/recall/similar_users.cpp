// `similar_users`: what similar users lately did. Declared: a strategy that uses it compiles, and is refused where its
// index is not built.
#include "operators/list.h"

namespace rec::operators {

OperatorDef similar_users() {
  return {.name = "similar_users",
          .doc = "Yields what similar users lately did: the sum over users of similarity times interest, best first.",
          .example = "user_cf = similar_users(user_cf, neighbours: 50, per_user: 20) take 100",
          .parameters = {{.name = "index",
                          .kind = ParameterKind::index,
                          .positional = true,
                          .doc = "a user-to-user index of the catalog"},
                         {.name = "neighbours",
                          .type = types::integer(),
                          .low = 1,
                          .high = 10'000,
                          .doc = "how many of the most similar users count"},
                         {.name = "per_user",
                          .type = types::integer(),
                          .low = 1,
                          .high = 10'000,
                          .doc = "how many of each one's newest events count"}},
          .what = SourceDef{.scored = true, .index_algorithms = {"user_cf"}}};
}

}  // namespace rec::operators
