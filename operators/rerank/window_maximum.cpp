// The sliding element-wise maximum.
#include "operators/rerank/window_maximum.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace rec::operators {
namespace {

/// to = max(to, from), element by element. A NaN in `from` is passed over.
void raise_to(std::span<float> to, std::span<const float> from) {
  for (size_t i = 0; i < to.size(); ++i) to[i] = from[i] > to[i] ? from[i] : to[i];
}

}  // namespace

WindowMaximum::WindowMaximum(size_t width, std::optional<size_t> window, column::Arena& arena)
    : width_(width),
      window_(window.value_or(1)),
      sliding_(window.has_value()),
      buffer_(arena.allocate<float>(width * window_)),
      running_(arena.allocate<float>(width)),
      maxima_(sliding_ ? arena.allocate<float>(width) : running_) {
  assert(window_ >= 1);
  std::ranges::fill(running_, -std::numeric_limits<float>::infinity());
}

void WindowMaximum::push() {
  raise_to(running_, next_row());
  if (!sliding_) return;
  if (++at_ < window_) {
    std::ranges::copy(running_, maxima_.begin());
    if (has_block_) raise_to(maxima_, next_row());
    return;
  }
  // The block is complete: the window is exactly it, and its rows become maxima from each row to the block's end.
  std::ranges::copy(running_, maxima_.begin());
  for (size_t row = window_ - 1; row > 0; --row) {
    raise_to(buffer_.subspan((row - 1) * width_, width_), buffer_.subspan(row * width_, width_));
  }
  std::ranges::fill(running_, -std::numeric_limits<float>::infinity());
  at_ = 0;
  has_block_ = true;
}

}  // namespace rec::operators
