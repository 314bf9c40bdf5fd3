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

WindowMaximum::WindowMaximum(size_t most, std::optional<size_t> window, column::Arena& arena)
    : most_(most),
      window_(window.value_or(1)),
      sliding_(window.has_value()),
      buffer_(arena.allocate<float>(most * window_)),
      running_(arena.allocate<float>(most)),
      maxima_(sliding_ ? arena.allocate<float>(most) : running_) {
  assert(window_ >= 1);
  std::ranges::fill(running_, -std::numeric_limits<float>::infinity());
}

void WindowMaximum::raise_running(std::span<const float> row, size_t first) {
  raise_to(running_.subspan(first, row.size()), row);
}

/// New elements of the rows of the block before become maxima, and the window's with them.
void WindowMaximum::finish_rows(size_t first) {
  if (has_block_) raise_block(first, at_);
  sum_up(first);
}

/// The maxima from each row to the end of the block, for the rows `from` and on.
void WindowMaximum::raise_block(size_t first, size_t from) {
  for (size_t row = window_ - 1; row > from; --row) raise_to(part(row - 1, first), part(row, first));
}

/// The window: what is left of the block before, and the present one so far.
void WindowMaximum::sum_up(size_t first) {
  const auto maxima = maxima_.subspan(first, width_ - first);
  std::ranges::copy(running_.subspan(first, width_ - first), maxima.begin());
  if (has_block_) raise_to(maxima, part(at_, first));
}

void WindowMaximum::push(uint32_t member) {
  raise_running(next_row(), 0);
  if (!sliding_) return members_.push_back(member);
  if (at_ == members_.size()) {
    members_.push_back(member);
  } else {
    members_[at_] = member;
  }
  if (++at_ < window_) return sum_up(0);
  // The block is complete: the window is exactly it, and its rows become maxima from each row to the block's end.
  std::ranges::copy(running_.first(width_), maxima_.begin());
  raise_block(0, 0);
  std::ranges::fill(running_, -std::numeric_limits<float>::infinity());
  at_ = 0;
  has_block_ = true;
}

}  // namespace rec::operators
