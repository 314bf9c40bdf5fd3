// The element-wise maximum of the last W rows, at a cost of about two passes a row whatever W is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/column/column.h"

namespace rec::operators {

/// Van Herk's and Gil and Werman's sliding maximum: rows come in blocks of W; the window is the end of the block before
/// (of which maxima from each row to the end are kept, made once a block) and the begin of the present one (whose
/// running maximum is kept). One buffer of W rows does for both: a new row takes the place of the row that leaves.
class WindowMaximum {
 public:
  /// `most`: how many elements a row can have. `window`: none, or one as long as all rows that will come: a plain
  /// running maximum.
  WindowMaximum(size_t most, std::optional<size_t> window, column::Arena& arena);

  /// Rows have `count` more elements from here on. row_of(member, first, out) gives those of the row that was pushed
  /// as `member`, the first of which is `first`.
  template <typename RowOf>
  void extend(size_t count, RowOf row_of) {
    const size_t first = width_;
    width_ += count;
    for (size_t k = 0; k < members_.size(); ++k) {
      const auto row = part(sliding_ ? k : 0, first);
      row_of(members_[k], first, row);
      if (!sliding_ || k < at_) raise_running(row, first);
    }
    if (sliding_) finish_rows(first);
  }

  /// Where the next row is to be written, before `push`.
  std::span<float> next_row() { return part(at_, 0); }
  void push(uint32_t member);
  /// Whether no row was pushed.
  bool empty() const { return members_.empty(); }
  /// The maxima over the last W rows pushed; there is at least one.
  std::span<const float> maxima() const { return maxima_.first(width_); }

 private:
  std::span<float> part(size_t row, size_t first) { return buffer_.subspan(row * most_ + first, width_ - first); }
  void raise_running(std::span<const float> row, size_t first);
  void finish_rows(size_t first);
  void sum_up(size_t first);
  void raise_block(size_t first, size_t from);

  size_t most_, window_, width_ = 0;
  bool sliding_;
  size_t at_ = 0;                  // the row of the buffer that is written next; not sliding: 0
  bool has_block_ = false;         // a block is complete
  std::vector<uint32_t> members_;  // of the rows of the buffer; not sliding: all
  std::span<float> buffer_, running_, maxima_;
};

}  // namespace rec::operators
