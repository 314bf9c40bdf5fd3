// `nearest`: vector search.
#include <cmath>
#include <numeric>

#include "operators/list.h"
#include "operators/numerics/float_lanes.h"
#include "operators/recall/neighbours.h"

namespace rec::operators {
namespace {

/// The query as the index measures it; empty where it has no direction.
std::vector<float> prepared(std::span<const float> query, const store::VectorIndex& index) {
  std::vector<float> out(query.begin(), query.end());
  if (!index.cosine) return out;
  double squared = 0;
  for (const float value : out) squared += double{value} * value;
  if (!(squared > 0)) return {};
  const double length = std::sqrt(squared);
  for (float& value : out) value = static_cast<float>(value / length);
  return out;
}

/// The inner product with every vector.
std::vector<ScoredRow> score_all(const store::VectorIndex& index, const std::vector<float>& query) {
  std::vector<ScoredRow> scored(index.count);
  for (uint32_t at = 0; at < index.count; ++at)
    scored[at] = {index.row[at], numerics::dot(query.data(), index.vector(at), index.dimension)};
  return scored;
}

std::expected<Candidates, std::string> run(const SourceCall& call) {
  const store::VectorIndex* index = call.generation.vector_index(call.index);
  if (index == nullptr) return std::unexpected("index `" + std::string(call.index) + "` is not in this generation");
  const auto* query = std::get_if<std::span<const float>>(&call.arguments[1]);
  if (query == nullptr) return Candidates{};
  if (query->size() != index->dimension) {
    return std::unexpected("the query has " + std::to_string(query->size()) + " numbers, and the vectors of index `" +
                           std::string(call.index) + "` have " + std::to_string(index->dimension));
  }
  for (const float value : *query) {
    if (!std::isfinite(value)) return std::unexpected("the query is no vector of finite numbers");
  }
  const std::vector<float> own = prepared(*query, *index);
  if (own.empty()) return Candidates{};
  std::vector<ScoredRow> scored = score_all(*index, own);
  return admit_best(scored, call);
}

bool built(const store::Generation& generation, std::string_view index) {
  return generation.vector_index(index) != nullptr;
}

}  // namespace

OperatorDef nearest() {
  return {
      .name = "nearest",
      .doc =
          "Yields the items whose vectors are nearest to the query, nearest first: by inner product, or by the "
          "cosine where the index says so. Nothing where the query is missing.",
      .example = "two_tower = nearest(two_tower, query: towers.user) take 300",
      .parameters =
          {{.name = "index", .kind = ParameterKind::index, .positional = true, .doc = "a vector index of the catalog"},
           {.name = "query",
            .type = types::vector(0),
            .doc = "the vector to search for: `MODEL.user`, `INDEX.user` of an index by als, or a column"},
           {.name = "probe",
            .type = types::integer(),
            .may_be_absent = true,
            .low = 1,
            .doc = "how far to search: more is slower and finds more"}},
      .what = SourceDef{
          .run = run, .scored = true, .index_algorithms = {"hnsw", "ivf", "pq", "flat", "als"}, .built = built}};
}

}  // namespace rec::operators
