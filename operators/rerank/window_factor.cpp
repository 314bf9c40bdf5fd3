// The sliding factor: rotations from the members alone, then one pass over the candidates.
#include "operators/rerank/window_factor.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace rec::operators {
namespace {

constexpr size_t kBlock = 32;  // candidates that go through all columns together

std::span<double> zeros(column::Arena& arena, size_t count) {
  const auto out = arena.allocate<double>(count);
  std::ranges::fill(out, 0.0);
  return out;
}

}  // namespace

WindowFactor::WindowFactor(std::span<const double> diagonal, size_t window, column::Arena& arena)
    : width_(diagonal.size()),
      padded_((width_ + kBlock - 1) / kBlock * kBlock),
      window_(window),
      arena_(arena),
      row_(zeros(arena, padded_)),
      diagonal_(zeros(arena, padded_)),
      complements_(zeros(arena, padded_)) {
  assert(window >= 1);
  std::ranges::copy(diagonal, diagonal_.begin());
  std::ranges::copy(diagonal, complements_.begin());
}

void WindowFactor::push(uint32_t pick) {
  const bool slides = members_.size() == window_;
  plan_rotations(pick, slides);
  const double square = complements_[pick] + own_oldest_ * own_oldest_;
  const double pivot = square > kDependent * diagonal_[pick] ? std::sqrt(square) : 0;
  double* const added = slides ? columns_.front() : arena_.allocate<double>(padded_).data();
  apply(slides, pivot > 0 ? 1 / pivot : 0, added);

  if (slides) {
    members_.erase(members_.begin());
    columns_.erase(columns_.begin());
  }
  // What is known exactly: L is triangular, and its diagonal.
  for (size_t k = 0; k < members_.size(); ++k) {
    added[members_[k]] = 0;
    columns_[k][members_[k]] = pivots_[k];
  }
  added[pick] = pivot;
  members_.push_back(pick);
  columns_.push_back(added);
}

/// The oldest column x goes into column k by the rotation that clears x at member k. Rotations are found on the members
/// that stay and the pick, O(W²).
void WindowFactor::plan_rotations(uint32_t pick, bool slides) {
  const size_t first = slides ? 1 : 0, count = members_.size() - first;
  own_.resize(count);
  pivots_.resize(count);
  for (size_t k = 0; k < count; ++k) {
    own_[k] = columns_[first + k][pick];
    pivots_[k] = columns_[first + k][members_[first + k]];
  }
  own_oldest_ = 0;
  if (!slides) return;
  own_oldest_ = columns_.front()[pick];
  rotations_.resize(count);
  oldest_.resize(count);
  for (size_t k = 0; k < count; ++k) oldest_[k] = columns_.front()[members_[k + 1]];
  for (size_t k = 0; k < count; ++k) {
    const double square = pivots_[k] * pivots_[k] + oldest_[k] * oldest_[k];
    const bool turns = square > kDependent * diagonal_[members_[k + 1]];
    const double length = turns ? std::sqrt(square) : 1;
    const Rotation rotation = turns ? Rotation{pivots_[k] / length, oldest_[k] / length} : Rotation{1, 0};
    rotations_[k] = rotation;
    pivots_[k] = turns ? length : 0;
    for (size_t m = k + 1; m < count; ++m) {
      oldest_[m] = rotation.cosine * oldest_[m] - rotation.sine * columns_[k + 1][members_[m + 1]];
    }
    const double own = own_[k];
    own_[k] = rotation.cosine * own + rotation.sine * own_oldest_;
    own_oldest_ = rotation.cosine * own_oldest_ - rotation.sine * own;
  }
}

/// Rotates the columns that stay, makes the pick's column of them and the row, and moves the complements on: block by
/// block, so that each number is read and written once. `out` may be the oldest column.
void WindowFactor::apply(bool slides, double inverse_pivot, double* out) {
  for (size_t at = 0; at < padded_; at += kBlock) {
    std::array<double, kBlock> oldest{}, left;
    if (slides) std::copy_n(columns_.front() + at, kBlock, oldest.begin());
    std::copy_n(row_.data() + at, kBlock, left.begin());
    for (size_t k = 0; k < own_.size(); ++k) {
      double* const column = columns_[k + (slides ? 1 : 0)] + at;
      const double own = own_[k];
      if (slides) {
        const auto [cosine, sine] = rotations_[k];
        for (size_t lane = 0; lane < kBlock; ++lane) {
          const double value = column[lane];
          column[lane] = cosine * value + sine * oldest[lane];
          oldest[lane] = cosine * oldest[lane] - sine * value;
          left[lane] -= own * column[lane];
        }
      } else {
        for (size_t lane = 0; lane < kBlock; ++lane) left[lane] -= own * column[lane];
      }
    }
    double* const complements = complements_.data() + at;
    for (size_t lane = 0; lane < kBlock; ++lane) {
      const double entry = left[lane] * inverse_pivot;
      complements[lane] += oldest[lane] * oldest[lane] - entry * entry;
      out[at + lane] = entry;
    }
  }
}

}  // namespace rec::operators
