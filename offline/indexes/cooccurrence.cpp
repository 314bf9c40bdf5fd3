// The best of every row.
#include "offline/indexes/cooccurrence.h"

#include <algorithm>
#include <cmath>

#include "offline/indexes/cooccurrence_rows.h"

namespace rec::indexes {
namespace {

constexpr double kRoundingRoom = 1 + 1e-6;  // more than float and double rounding take together

}  // namespace

void BestOfRow::offer(BestRows& best) {
  const auto touched = sums_.touched();
  // A product in place of the quotient, for all; the quotient itself for those that may be among the best.
  rough_.resize(touched.size());
  for (size_t i = 0; i < touched.size(); ++i) rough_[i] = sums_.sum(touched[i]) * inverse_[touched[i]];
  const size_t kept = offer_above(threshold(best.most()), best);
  if (kept < std::min<size_t>(best.most(), touched.size())) {
    best.begin();
    offer_above(-std::numeric_limits<double>::infinity(), best);
  }
}

/// What about one and a half times as many as wanted are above, by a sample.
double BestOfRow::threshold(size_t wanted) {
  constexpr size_t kSample = 256, kSlack = 8;
  const size_t count = rough_.size();
  if (count < 4 * wanted || count < 2 * kSample) return -std::numeric_limits<double>::infinity();
  sample_.clear();
  const size_t stride = count / kSample;
  for (size_t i = 0; i < count; i += stride) sample_.push_back(rough_[i]);
  const size_t rank = sample_.size() * wanted * 3 / (2 * count) + kSlack;
  if (rank >= sample_.size()) return -std::numeric_limits<double>::infinity();
  const auto at = sample_.begin() + static_cast<std::ptrdiff_t>(rank);
  std::ranges::nth_element(sample_, at, std::ranges::greater{});
  return *at > 0 ? *at / kRoundingRoom : -std::numeric_limits<double>::infinity();
}

/// How many there are that no rounding can have put before what is below.
size_t BestOfRow::offer_above(double least, BestRows& best) {
  size_t kept = 0;
  const auto touched = sums_.touched();
  for (size_t i = 0; i < touched.size(); ++i) {
    if (rough_[i] < least) continue;
    const float similarity = sums_.similarity(touched[i]);
    if (similarity == 0 || std::isnan(similarity)) continue;
    best.offer(similarity, touched[i]);
    kept += rough_[i] >= least * kRoundingRoom ? 1 : 0;
  }
  return kept;
}

NeighbourLists nearest_by_cooccurrence(const Cooccurrence& from, uint32_t top_k, const Work& work) {
  return collect_lists(from.of_row.rows(), top_k, work, [&] { return BestOfRow(from, work.memory); });
}

}  // namespace rec::indexes
