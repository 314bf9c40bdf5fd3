// Distinct rows numbered in the order in which they are first met: what recall and merging use to see duplicates.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "operators/spare.h"

namespace rec::operators {

/// A hash table over row ids (never kNoRow) with a fixed room, or an array by row where there are few rows beside what
/// will be inserted: O(1) a row, no dependence on memory addresses or order of growth. Belongs to the thread that made
/// it.
class RowIndex {
 public:
  /// `room`: how many rows will be inserted at most; `bound`: rows are below it.
  explicit RowIndex(size_t room, size_t bound = SIZE_MAX)
      : direct_(is_worth_an_array(bound, room)),
        shift_(64 - static_cast<int>(std::bit_width(2 * room + 14))),
        hashed_(direct_ ? 0 : size_t{1} << (64 - shift_)),
        by_row_(direct_ ? bound : 0),
        slots_(direct_ ? by_row_.data() : hashed_.data()),
        mask_(hashed_.size() - 1),
        rows_(std::make_unique_for_overwrite<uint32_t[]>(std::min(room, bound) + 1)) {}
  ~RowIndex() {
    if (!direct_) return;
    for (const uint32_t row : rows()) slots_[row] = 0;
  }
  RowIndex(const RowIndex&) = delete;
  RowIndex& operator=(const RowIndex&) = delete;
  RowIndex(RowIndex&&) = delete;
  RowIndex& operator=(RowIndex&&) = delete;

  /// The row's number, from 0, and whether it is new.
  std::pair<uint32_t, bool> insert(uint32_t row) {
    if (direct_) {  // without a branch: which rows are new follows no pattern
      const uint32_t known = slots_[row];
      const bool is_new = known == 0;
      rows_[size_] = row;
      size_ += is_new ? 1 : 0;
      const uint32_t number = is_new ? size_ : known;
      slots_[row] = number;
      return {number - 1, is_new};
    }
    for (size_t at = home(row);; at = (at + 1) & mask_) {
      const uint32_t number = slots_[at];
      if (number == 0) {
        rows_[size_] = row;
        slots_[at] = ++size_;
        return {size_ - 1, true};
      }
      if (rows_[number - 1] == row) return {number - 1, false};
    }
  }

  static constexpr uint32_t kNone = UINT32_MAX;
  /// The row's number, or kNone.
  uint32_t find(uint32_t row) const {
    if (direct_) return slots_[row] - 1;  // 0 wraps to kNone
    for (size_t at = home(row);; at = (at + 1) & mask_) {
      if (slots_[at] == 0) return kNone;
      if (rows_[slots_[at] - 1] == row) return slots_[at] - 1;
    }
  }

  /// The rows by number.
  std::span<const uint32_t> rows() const { return {rows_.get(), size_}; }

 private:
  size_t home(uint32_t row) const { return static_cast<size_t>((row * 0x9E3779B97F4A7C15ull) >> shift_); }

  bool direct_;
  int shift_;
  std::vector<uint32_t> hashed_;  // one of them is used
  Zeros<uint32_t> by_row_;
  uint32_t* slots_;  // number + 1; 0 is empty
  size_t mask_;
  std::unique_ptr<uint32_t[]> rows_;  // `size_` of them, and room for one more
  uint32_t size_ = 0;
};

}  // namespace rec::operators
