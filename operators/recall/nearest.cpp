// `nearest`: vector search.
#include <algorithm>
#include <cmath>

#include "operators/list.h"
#include "operators/recall/admission.h"
#include "operators/recall/vector_search.h"

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

/// Searches on until enough qualify, and puts them in order.
Candidates admit_nearest(VectorSearch& search, const SourceCall& call) {
  const std::optional<size_t> wanted = call.reordered ? std::nullopt : std::optional<size_t>(call.take);
  const std::optional<uint32_t> all;
  Admission admission(call.admit, all);
  std::vector<ScoredRow> qualify;
  std::vector<uint32_t> rows;
  std::vector<float> scores;
  size_t next = wanted ? 2 * *wanted + 16 : SIZE_MAX / 4;
  uint64_t looked_at = 0;
  while (!call.stop.stop_requested() && (!wanted || qualify.size() < *wanted)) {
    const auto found = search.more(next);
    if (found.empty()) break;
    rows.clear();
    scores.clear();
    for (const ScoredRow& one : found) {
      rows.push_back(one.row);
      scores.push_back(one.score);
    }
    admission.offer(rows, scores);
    const Candidates passed = admission.take();
    looked_at += passed.looked_at;
    for (size_t i = 0; i < passed.rows.size(); ++i) qualify.push_back({passed.rows[i], passed.scores[i]});
    next = std::min<size_t>(2 * next, 65'536);
  }
  const size_t kept = std::min(qualify.size(), wanted.value_or(SIZE_MAX));
  std::partial_sort(qualify.begin(), qualify.begin() + static_cast<std::ptrdiff_t>(kept), qualify.end(), comes_before);
  Candidates out;
  out.looked_at = looked_at;
  for (const ScoredRow& one : std::span(qualify).first(kept)) {
    out.rows.push_back(one.row);
    out.scores.push_back(one.score);
  }
  return out;
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
  const auto* probe = std::get_if<int64_t>(&call.arguments[2]);
  const auto search =
      search_vectors(*index, own.data(), probe == nullptr ? 0 : static_cast<size_t>(std::max<int64_t>(*probe, 1)));
  return admit_nearest(*search, call);
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
            .doc = "how far to search, more is slower and finds more: the candidates that hnsw "
                   "keeps in view, the cells that ivf and pq scan; as declared unless given"}},
      .what = SourceDef{
          .run = run, .scored = true, .index_algorithms = {"hnsw", "ivf", "pq", "flat", "als"}, .built = built}};
}

}  // namespace rec::operators
