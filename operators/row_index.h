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

namespace rec::operators {

/// A hash table over row ids (never kNoRow) with a fixed room, or an array by row where there are few rows beside what
/// will be inserted: O(1) a row, no dependence on memory addresses or order of growth. The array is kept for the
/// thread's next RowIndex, cleared where rows were inserted. Belongs to the thread that made it.
class RowIndex {
 public:
  /// `room`: how many rows will be inserted at most; `bound`: rows are below it.
  explicit RowIndex(size_t room, size_t bound = SIZE_MAX)
      : direct_(bound <= std::max(kFew, kSparse * room)),
        shift_(64 - static_cast<int>(std::bit_width(2 * room + 14))),
        slots_(direct_ ? zeros(bound) : std::vector<uint32_t>(size_t{1} << (64 - shift_))),
        mask_(slots_.size() - 1),
        rows_(std::make_unique_for_overwrite<uint32_t[]>(std::min(room, bound) + 1)) {}
  ~RowIndex() {
    if (!direct_ || slots_.empty()) return;
    for (const uint32_t row : rows()) slots_[row] = 0;
    spare().push_back(std::move(slots_));
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

  /// Arrays of zeros that nobody uses.
  static std::vector<std::vector<uint32_t>>& spare() {
    thread_local std::vector<std::vector<uint32_t>> arrays;
    return arrays;
  }
  static std::vector<uint32_t> zeros(size_t size) {
    std::vector<uint32_t> out;
    if (!spare().empty()) {
      out = std::move(spare().back());
      spare().pop_back();
    }
    if (out.size() < size) out.resize(size);
    return out;
  }

  static constexpr size_t kFew = 65'536, kSparse = 16;  // an array of so many rows, or so many a row, is worth its memory

  bool direct_;
  int shift_;
  std::vector<uint32_t> slots_;  // number + 1; 0 is empty
  size_t mask_;
  std::unique_ptr<uint32_t[]> rows_;  // `size_` of them, and room for one more
  uint32_t size_ = 0;
};

}  // namespace rec::operators
