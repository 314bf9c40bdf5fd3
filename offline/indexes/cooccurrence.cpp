// One row of the product at a time: a dense array of sums, and a list of what was touched in it.
#include "offline/indexes/cooccurrence.h"

#include <algorithm>
#include <cmath>

namespace rec::indexes {
namespace {

constexpr double kRoundingRoom = 1 + 1e-6;  // more than float and double rounding take together

class Rows {
 public:
  Rows(const Cooccurrence& from, memory::Budget* budget)
      : from_(from), watch_(budget), sums_(from.column_scale.size(), 0.0), touched_(from.column_scale.size() + 1) {
    for (const double scale : from.column_scale) inverse_.push_back(1 / scale);
  }

  void operator()(uint32_t row, BestRows& best) {
    count_ = 0;
    const bool plain = !from_.half_life && from_.of_row.weight.empty();
    for (uint64_t at = from_.of_row.offsets[row]; at < from_.of_row.offsets[row + size_t{1}]; ++at) {
      if (plain) {
        add(from_.of_row.id[at]);
      } else {
        add_weighted(at);
      }
      watch_.row();
    }
    extract(row, best);
    if (!plain) {
      for (size_t i = 0; i < count_; ++i) known_[touched_[i]] = 0;
    }
  }

 private:
  /// All weights are 1, all factors above 0: what is 0 was not touched yet.
  void add(uint32_t shared) {
    const double factor = from_.factor[shared];
    double* const sums = sums_.data();
    uint32_t* const touched = touched_.data();
    size_t count = count_;
    for (const uint32_t other : from_.of_shared.ids(shared)) {
      const double before = sums[other];
      touched[count] = other;
      count += before == 0 ? 1 : 0;
      sums[other] = before + factor;
    }
    count_ = count;
  }

  void add_weighted(uint64_t at) {
    const uint32_t shared = from_.of_row.id[at];
    const double weight = from_.factor[shared] * double{from_.of_row.weight_at(at)};
    for (uint64_t k = from_.of_shared.offsets[shared]; k < from_.of_shared.offsets[shared + size_t{1}]; ++k) {
      const uint32_t other = from_.of_shared.id[k];
      const double term = weight * double{from_.of_shared.weight_at(k)} * decay(at, k);
      if (term == 0) continue;
      if (known_.empty()) known_.resize(sums_.size());
      if (known_[other] == 0) {  // not by its sum: terms may cancel out
        known_[other] = 1;
        touched_[count_++] = other;
      }
      sums_[other] += term;
    }
  }

  double decay(uint64_t at, uint64_t k) const {
    if (!from_.half_life) return 1;
    const int64_t a = from_.of_row.time[at], b = from_.of_shared.time[k];
    const uint64_t apart = a > b ? static_cast<uint64_t>(a) - static_cast<uint64_t>(b)
                                 : static_cast<uint64_t>(b) - static_cast<uint64_t>(a);
    return std::exp2(-static_cast<double>(apart) / static_cast<double>(*from_.half_life));
  }

  void extract(uint32_t row, BestRows& best) {
    sums_[row] = 0;
    const double own = from_.row_scale[row];
    // A product in place of the quotient, for all; the quotient itself for those that may be among the best.
    rough_.resize(count_);
    for (size_t i = 0; i < count_; ++i) rough_[i] = sums_[touched_[i]] * inverse_[touched_[i]];
    const size_t kept = offer_above(threshold(best.most()), own, best);
    if (kept < std::min<size_t>(best.most(), count_)) {
      best.begin();
      offer_above(-std::numeric_limits<double>::infinity(), own, best);
    }
    for (size_t i = 0; i < count_; ++i) sums_[touched_[i]] = 0;
  }

  /// What about one and a half times as many as wanted are above, by a sample.
  double threshold(size_t wanted) {
    constexpr size_t kSample = 256, kSlack = 8;
    if (count_ < 4 * wanted || count_ < 2 * kSample) return -std::numeric_limits<double>::infinity();
    sample_.clear();
    const size_t stride = count_ / kSample;
    for (size_t i = 0; i < count_; i += stride) sample_.push_back(rough_[i]);
    const size_t rank = sample_.size() * wanted * 3 / (2 * count_) + kSlack;
    if (rank >= sample_.size()) return -std::numeric_limits<double>::infinity();
    const auto at = sample_.begin() + static_cast<std::ptrdiff_t>(rank);
    std::ranges::nth_element(sample_, at, std::ranges::greater{});
    return *at > 0 ? *at / kRoundingRoom : -std::numeric_limits<double>::infinity();
  }

  /// How many there are.
  size_t offer_above(double least, double own, BestRows& best) {
    size_t kept = 0;
    for (size_t i = 0; i < count_; ++i) {
      if (rough_[i] < least) continue;
      const uint32_t other = touched_[i];
      const auto similarity = static_cast<float>(sums_[other] / (own * from_.column_scale[other]));
      if (similarity == 0 || std::isnan(similarity)) continue;
      best.offer(similarity, other);
      ++kept;
    }
    return kept;
  }

  const Cooccurrence& from_;
  memory::Watch watch_;
  std::vector<double> sums_;  // 0 everywhere between rows
  std::vector<uint32_t> touched_;
  std::vector<uint8_t> known_{};  // touched, where weights decide
  std::vector<double> inverse_{}, rough_{}, sample_{};
  size_t count_ = 0;
};

}  // namespace

NeighbourLists nearest_by_cooccurrence(const Cooccurrence& from, uint32_t top_k, const Work& work) {
  return collect_lists(from.of_row.rows(), top_k, work, [&] { return Rows(from, work.memory); });
}

}  // namespace rec::indexes
