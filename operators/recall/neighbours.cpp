// Sums in the order of a hash table that numbers rows as they are met.
#include "operators/recall/neighbours.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "operators/numerics/first_keys.h"
#include "operators/recall/admission.h"
#include "operators/row_sums.h"

namespace rec::operators {

namespace {

/// Numbers in the order of `comes_before`; row and score can be read back.
uint64_t order_key(const ScoredRow& scored) {
  const auto bits = std::bit_cast<uint32_t>(scored.score);
  const uint32_t rising = (bits >> 31) != 0 ? ~bits : bits | (1U << 31);
  return uint64_t{std::isnan(scored.score) ? UINT32_MAX : ~rising} << 32 | scored.row;
}
float score_of(uint64_t key) {
  const auto falling = static_cast<uint32_t>(key >> 32);
  if (falling == UINT32_MAX) return std::numeric_limits<float>::quiet_NaN();
  return std::bit_cast<float>((falling >> 31) != 0 ? falling : ~falling & ~(1U << 31));
}

/// A sum as a score: never −0, which would come before no 0.
float rounded(double sum) {
  return static_cast<float>(sum) + 0.0F;
}

std::vector<ScoredRow> scored_from(const RowSums& sums, size_t first) {
  std::vector<ScoredRow> scored;
  scored.reserve(sums.size() - first);
  for (size_t number = first; number < sums.size(); ++number)
    scored.push_back({sums.row(number), rounded(sums.sum(number))});
  return scored;
}

}  // namespace

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

  size_t bound = index.items;
  for (const uint32_t seed : seeds.rows) bound = std::max(bound, size_t{seed} + 1);
  // Seeds are met first, so that a number below `first_event.size()` says "a seed"; neighbours follow.
  RowSums sums(std::min(room, bound), bound);
  std::vector<uint32_t> first_event;
  first_event.reserve(seeds.rows.size());
  for (uint32_t event = 0; event < seeds.rows.size(); ++event) {
    if (sums.add(seeds.rows[event], 0)) first_event.push_back(event);
  }
  for (const uint32_t event : first_event) {
    const uint32_t seed = seeds.rows[event];
    const size_t length = list_length(seed);
    if (length == 0) continue;
    const double weight = seeds.weights.empty() ? 1.0 : static_cast<double>(seeds.weights[event]);
    const auto neighbours = index.neighbours(seed).first(length);
    const auto similarities = index.similarities(seed).first(length);
    for (size_t k = 0; k < length; ++k) sums.add(neighbours[k], weight * static_cast<double>(similarities[k]));
  }
  return scored_from(sums, first_event.size());
}

/// Offers the best first, sorting no further than the channel needs.
Candidates admit_best(std::span<const ScoredRow> all, const SourceCall& call) {
  Admission admission(call);
  std::vector<uint64_t> keys(all.size());
  std::ranges::transform(all, keys.begin(), order_key);
  std::vector<uint32_t> rows;
  std::vector<float> scores;
  for (std::span left(keys); !left.empty() && !admission.done() && !call.stop.stop_requested();) {
    const size_t size = admission.block(left.size());
    numerics::first_keys(left, size);
    rows.resize(size);
    scores.resize(size);
    for (size_t i = 0; i < size; ++i) {
      rows[i] = static_cast<uint32_t>(left[i]);
      scores[i] = score_of(left[i]);
    }
    admission.offer(rows, scores);
    left = left.subspan(size);
  }
  return admission.take();
}

std::vector<ScoredRow> score_users(const store::UserIndex& index, uint32_t user, size_t neighbours, size_t per_user,
                                   size_t bound) {
  if (user >= index.users) return {};
  const auto similar = index.neighbours(user).first(std::min(neighbours, index.neighbours(user).size()));
  const auto newest = [&](uint32_t v) { return std::min(per_user, index.items_of(v).size()); };
  size_t room = 0;
  for (const uint32_t v : similar) room += newest(v);
  RowSums sums(std::min(room, bound), bound);
  for (size_t k = 0; k < similar.size(); ++k) {
    const double similarity = index.similarities(user)[k];
    const auto items = index.items_of(similar[k]).first(newest(similar[k]));
    const auto weights = index.weights_of(similar[k]);
    for (size_t j = 0; j < items.size(); ++j) sums.add(items[j], similarity * static_cast<double>(weights[j]));
  }
  return scored_from(sums, 0);
}

}  // namespace rec::operators
