// `similar_items`: the neighbours of what the user lately did, by an item-to-item index.
#include <algorithm>

#include "operators/list.h"
#include "operators/recall/admission.h"
#include "operators/recall/neighbours.h"

namespace rec::operators {
namespace {

std::expected<Candidates, std::string> run(const SourceCall& call) {
  const store::NeighbourIndex* index = call.generation.index(call.index);
  if (index == nullptr) return std::unexpected("index `" + std::string(call.index) + "` is not in this generation");
  const auto& seeds = std::get<SeedEvents>(call.arguments[1]);
  const int64_t per_seed = std::get<int64_t>(call.arguments[2]);
  std::vector<ScoredRow> scored = score_neighbours(*index, seeds, static_cast<size_t>(std::max<int64_t>(per_seed, 0)));
  return admit_best(scored, call);
}

bool built(const store::Generation& generation, std::string_view index) {
  return generation.index(index) != nullptr;
}

}  // namespace

OperatorDef similar_items() {
  return {
      .name = "similar_items",
      .doc =
          "Yields the items most similar to the seeds: the sum over seeds of weight times similarity, best first, "
          "without the seeds themselves.",
      .example = "item_cf = similar_items(item_cf, seeds: user.clicks.last(200), per_seed: 10) take 100",
      .parameters = {{.name = "index",
                      .kind = ParameterKind::index,
                      .positional = true,
                      .doc = "an item-to-item index of the catalog"},
                     {.name = "seeds",
                      .kind = ParameterKind::seeds,
                      .doc = "a behaviour sequence, or a list of rows or keys; of a repeated seed the newest counts"},
                     {.name = "per_seed",
                      .type = types::integer(),
                      .low = 1,
                      .high = 10'000,
                      .doc = "how many of each seed's nearest neighbours count"},
                     {.name = "weight",
                      .kind = ParameterKind::lambda,
                      .may_be_absent = true,
                      .doc = "the weight of a seed event, 1 unless given; for a sequence's events only"}},
      .what = SourceDef{.run = run, .scored = true, .index_algorithms = {"item_cf", "swing"}, .built = built}};
}

}  // namespace rec::operators
