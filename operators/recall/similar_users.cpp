// `similar_users`: what similar users lately did, by a user-to-user index.
#include <algorithm>

#include "operators/list.h"
#include "operators/recall/neighbours.h"

namespace rec::operators {
namespace {

std::expected<Candidates, std::string> run(const SourceCall& call) {
  const store::UserIndex* index = call.generation.user_index(call.index);
  if (index == nullptr) return std::unexpected("index `" + std::string(call.index) + "` is not in this generation");
  if (!call.user_row) return Candidates{};
  const auto count = [&](size_t argument) {
    return static_cast<size_t>(std::max<int64_t>(std::get<int64_t>(call.arguments[argument]), 0));
  };
  std::vector<ScoredRow> scored =
      score_users(*index, *call.user_row, count(1), count(2), call.generation.table(call.item_table).rows());
  return admit_best(scored, call);
}

bool built(const store::Generation& generation, std::string_view index) {
  return generation.user_index(index) != nullptr;
}

}  // namespace

OperatorDef similar_users() {
  return {.name = "similar_users",
          .doc =
              "Yields what similar users lately did: the sum over them of similarity times the weight of what they "
              "did, best "
              "first. Nothing for a user without a row.",
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
          .what = SourceDef{.run = run, .scored = true, .index_algorithms = {"user_cf"}, .built = built}};
}

}  // namespace rec::operators
