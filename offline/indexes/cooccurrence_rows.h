// One row of a co-occurrence at a time: a dense array of sums, and a list of what was touched in it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "offline/indexes/cooccurrence.h"

namespace rec::indexes {

/// The sums of one row over the rows that it shares something with. A thread has one of its own.
class RowSums {
 public:
  RowSums(const Cooccurrence& from, memory::Budget* budget)
      : from_(from), watch_(budget), sums_(from.column_scale.size(), 0.0), touched_(from.column_scale.size() + 1) {}

  /// Sums of `row`, which stay until clear().
  void gather(uint32_t row) {
    if (plain()) {
      if (sums_.size() > kTile) {
        gather_tiles(from_.of_row.ids(row));
      } else {
        for (const uint32_t shared : from_.of_row.ids(row)) {
          add(from_.factor[shared], from_.of_shared.ids(shared));
          watch_.row();
        }
      }
    } else {
      for (uint64_t at = from_.of_row.offsets[row]; at < from_.of_row.offsets[row + size_t{1}]; ++at) {
        add_weighted(at);
        watch_.row();
      }
    }
    sums_[row] = 0;
    own_ = from_.row_scale[row];
  }
  /// Rows that share something with the gathered one, that one itself too; each once.
  std::span<const uint32_t> touched() const { return std::span(touched_).first(count_); }
  double sum(uint32_t other) const { return sums_[other]; }
  /// 0 or NaN: none.
  float similarity(uint32_t other) const {
    return static_cast<float>(sums_[other] / (own_ * from_.column_scale[other]));
  }
  void clear() {
    const bool marked = !known_.empty();
    for (const uint32_t other : touched()) {
      sums_[other] = 0;
      if (marked) known_[other] = 0;
    }
    count_ = 0;
  }

 private:
  static constexpr size_t kTile = size_t{1} << 16;  // half a MiB of sums

  bool plain() const { return !from_.half_life && from_.of_row.weight.empty(); }

  /// All weights are 1, all factors above 0: what is 0 was not touched yet.
  void add(double factor, std::span<const uint32_t> others) {
    double* const sums = sums_.data();
    uint32_t* const touched = touched_.data();
    size_t count = count_;
    for (const uint32_t other : others) {
      const double before = sums[other];
      touched[count] = other;
      count += before == 0 ? 1 : 0;
      sums[other] = before + factor;
    }
    count_ = count;
  }

  /// The same sums, those of some rows after those of others, so that they stay in the cache. Lists ascend.
  void gather_tiles(std::span<const uint32_t> shared) {
    rest_.clear();
    for (const uint32_t one : shared) rest_.push_back(from_.of_shared.ids(one));
    for (size_t end = kTile; !shared.empty(); end += kTile) {
      for (size_t i = 0; i < shared.size(); ++i) {
        const uint32_t* const begin = rest_[i].data();
        const uint32_t* const last = begin + rest_[i].size();
        // Most of a list lies beyond the tile: its end is looked for from the front, in steps that double.
        const uint32_t* cut = begin;
        for (ptrdiff_t step = 8; cut < last && *cut < end; step *= 2) cut += std::min(step, last - cut);
        cut = std::lower_bound(begin, cut, end);
        if (cut == begin) continue;
        add(from_.factor[shared[i]], {begin, cut});
        rest_[i] = {cut, last};
        watch_.row();
      }
      if (end >= sums_.size()) return;
    }
  }

  void add_weighted(uint64_t at) {
    const uint32_t shared = from_.of_row.id[at];
    const double factor = from_.factor[shared], own = from_.of_row.weight_at(at);
    for (uint64_t k = from_.of_shared.offsets[shared]; k < from_.of_shared.offsets[shared + size_t{1}]; ++k) {
      const uint32_t other = from_.of_shared.id[k];
      // The product of two floats is exact in double, so that a pair has one sum whichever of the two the row is of.
      const double term = factor * (own * double{from_.of_shared.weight_at(k)}) * decay(at, k);
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

  const Cooccurrence& from_;
  memory::Watch watch_;
  std::vector<double> sums_;  // 0 everywhere between rows
  std::vector<uint32_t> touched_;
  std::vector<uint8_t> known_{};                   // touched, where weights decide
  std::vector<std::span<const uint32_t>> rest_{};  // of the lists that are being added, tile by tile
  double own_ = 1;
  size_t count_ = 0;
};

/// The best of a gathered row at a time. A thread has one of its own.
class BestOfRow {
 public:
  BestOfRow(const Cooccurrence& from, memory::Budget* budget) : sums_(from, budget) {
    for (const double scale : from.column_scale) inverse_.push_back(1 / scale);
  }

  /// Offers all that may be among the best of `row`; `seen(other, sum)` sees every row that it shares something with.
  template <typename Seen>
  void operator()(uint32_t row, BestRows& best, Seen seen) {
    sums_.gather(row);
    offer(best);
    for (const uint32_t other : sums_.touched()) {
      if (other != row) seen(other, sums_.sum(other));
    }
    sums_.clear();
  }
  void operator()(uint32_t row, BestRows& best) {
    sums_.gather(row);
    offer(best);
    sums_.clear();
  }

 private:
  void offer(BestRows& best);
  double threshold(size_t wanted);
  size_t offer_above(double least, BestRows& best);

  RowSums sums_;
  std::vector<double> inverse_{}, rough_{}, sample_{};
};

}  // namespace rec::indexes
