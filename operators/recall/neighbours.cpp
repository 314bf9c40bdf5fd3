// Sums in the order of a hash table that numbers rows as they are met.
#include "operators/recall/neighbours.h"

#include <algorithm>
#include <cmath>

#include "operators/recall/admission.h"
#include "operators/row_index.h"

namespace rec::operators {

bool comes_before(const ScoredRow& a, const ScoredRow& b) {
  if (a.score > b.score) return true;
  if (a.score < b.score) return false;
  const bool a_nan = std::isnan(a.score), b_nan = std::isnan(b.score);
  return a_nan != b_nan ? b_nan : a.row < b.row;
}

std::vector<ScoredRow> score_neighbours(const store::NeighbourIndex& index, const SeedEvents& seeds, size_t per_seed) {
  const auto list_length = [&](uint32_t row) {
    return row < index.items ? std::min(per_seed, index.neighbours(row).size()) : size_t{0};
  };
  size_t room = seeds.rows.size();
  for (const uint32_t seed : seeds.rows) room += list_length(seed);

  // Seeds are numbered first, so that a number below `distinct` says "a seed"; neighbours follow.
  RowIndex numbers(room);
  std::vector<uint32_t> first_event;
  first_event.reserve(seeds.rows.size());
  for (uint32_t event = 0; event < seeds.rows.size(); ++event) {
    if (numbers.insert(seeds.rows[event]).second) first_event.push_back(event);
  }
  const size_t distinct = first_event.size();

  std::vector<double> sums(room, 0.0);
  for (const uint32_t event : first_event) {
    const uint32_t seed = seeds.rows[event];
    const size_t length = list_length(seed);
    if (length == 0) continue;
    const double weight = seeds.weights.empty() ? 1.0 : static_cast<double>(seeds.weights[event]);
    const auto neighbours = index.neighbours(seed).first(length);
    const auto similarities = index.similarities(seed).first(length);
    for (size_t k = 0; k < length; ++k) {
      sums[numbers.insert(neighbours[k]).first] += weight * static_cast<double>(similarities[k]);
    }
  }

  std::vector<ScoredRow> scored;
  scored.reserve(numbers.rows().size() - distinct);
  for (size_t number = distinct; number < numbers.rows().size(); ++number) {
    scored.push_back({numbers.rows()[number], static_cast<float>(sums[number])});
  }
  return scored;
}

/// Offers the best first, sorting no further than the channel needs.
Candidates admit_best(std::span<ScoredRow> left, const SourceCall& call) {
  Admission admission(call);
  std::vector<uint32_t> rows;
  std::vector<float> scores;
  while (!left.empty() && !admission.done() && !call.stop.stop_requested()) {
    const size_t size = admission.block(left.size());
    const auto middle = left.begin() + static_cast<std::ptrdiff_t>(size);
    if (size < left.size()) std::nth_element(left.begin(), middle, left.end(), comes_before);
    std::sort(left.begin(), middle, comes_before);
    rows.clear();
    scores.clear();
    for (const ScoredRow& scored : left.first(size)) {
      rows.push_back(scored.row);
      scores.push_back(scored.score);
    }
    admission.offer(rows, scores);
    left = left.subspan(size);
  }
  return admission.take();
}

std::vector<ScoredRow> score_users(const store::UserIndex& index, uint32_t user, size_t neighbours, size_t per_user) {
  if (user >= index.users) return {};
  const auto similar = index.neighbours(user).first(std::min(neighbours, index.neighbours(user).size()));
  const auto newest = [&](uint32_t v) { return std::min(per_user, index.items_of(v).size()); };
  size_t room = 0;
  for (const uint32_t v : similar) room += newest(v);
  RowIndex numbers(room);
  std::vector<double> sums(room, 0.0);
  for (size_t k = 0; k < similar.size(); ++k) {
    const double similarity = index.similarities(user)[k];
    const auto items = index.items_of(similar[k]).first(newest(similar[k]));
    const auto weights = index.weights_of(similar[k]);
    for (size_t j = 0; j < items.size(); ++j)
      sums[numbers.insert(items[j]).first] += similarity * static_cast<double>(weights[j]);
  }
  std::vector<ScoredRow> scored;
  scored.reserve(numbers.rows().size());
  for (size_t number = 0; number < numbers.rows().size(); ++number)
    scored.push_back({numbers.rows()[number], static_cast<float>(sums[number])});
  return scored;
}

}  // namespace rec::operators
