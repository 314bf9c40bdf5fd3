// The element-wise maximum of the last W rows, at a cost of about two passes a row whatever W is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "runtime/column/column.h"

namespace rec::operators {

/// Van Herk's and Gil and Werman's sliding maximum: rows come in blocks of W; the window is the end of the block before
/// (of which maxima from each row to the end are kept, made once a block) and the begin of the present one (whose
/// running maximum is kept). One buffer of W rows does for both: a new row takes the place of the row that leaves.
class WindowMaximum {
 public:
  /// `window`: none, or one as long as all rows that will come: a plain running maximum.
  WindowMaximum(size_t width, std::optional<size_t> window, column::Arena& arena);

  /// Where the next row is to be written, before `push`.
  std::span<float> next_row() { return buffer_.subspan(at_ * width_, width_); }
  void push();
  /// The maxima over the last W rows pushed; there is at least one.
  std::span<const float> maxima() const { return maxima_; }

 private:
  size_t width_, window_;
  bool sliding_;
  size_t at_ = 0;           // the row of the buffer that is written next
  bool has_block_ = false;  // a block is complete
  std::span<float> buffer_, running_, maxima_;
};

}  // namespace rec::operators
