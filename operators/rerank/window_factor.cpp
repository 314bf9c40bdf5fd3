// The sliding factor: rotations from the members alone, then one pass over the candidates.
#include "operators/rerank/window_factor.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "operators/numerics/lanes.h"

namespace rec::operators {
namespace {

using numerics::all;
using numerics::Doubles;
using numerics::fused;
using numerics::kDoubles;
using numerics::load;
using numerics::store;

// Candidates that go through all columns together: enough that one does not wait for the other, few enough that
// registers hold what is computed of them.
constexpr size_t kVectors = 3, kBlock = kVectors * kDoubles;

std::span<double> zeros(column::Arena& arena, size_t count) {
  const auto out = arena.allocate<double>(count);
  std::ranges::fill(out, 0.0);
  return out;
}

}  // namespace

WindowFactor::WindowFactor(size_t most, size_t window, column::Arena& arena)
    : room_((most + kBlock - 1) / kBlock * kBlock),
      window_(window),
      arena_(arena),
      row_(zeros(arena, room_)),
      diagonal_(zeros(arena, room_)),
      complements_(zeros(arena, room_)) {
  assert(window >= 1);
}

size_t WindowFactor::make_room(std::span<const double> diagonal) {
  const size_t first = width_;
  width_ += diagonal.size();
  assert(width_ <= room_);
  padded_ = (width_ + kBlock - 1) / kBlock * kBlock;
  std::ranges::copy(diagonal, diagonal_.begin() + static_cast<std::ptrdiff_t>(first));
  std::ranges::copy(diagonal, complements_.begin() + static_cast<std::ptrdiff_t>(first));
  return first;
}

/// Forward substitution: the columns hold A of the candidates from `first` on, and become C.
void WindowFactor::solve(size_t first) {
  for (size_t k = 0; k < members_.size(); ++k) {
    double* const column = columns_[k];
    for (size_t j = 0; j < k; ++j) {
      const double entry = -columns_[j][members_[k]];
      const double* const before = columns_[j];
      for (size_t i = first; i < width_; ++i) column[i] = std::fma(entry, before[i], column[i]);
    }
    const double inverse = pivot(k) > 0 ? 1 / pivot(k) : 0;
    for (size_t i = first; i < width_; ++i) {
      column[i] *= inverse;
      complements_[i] = std::fma(-column[i], column[i], complements_[i]);
    }
  }
}

void WindowFactor::push(uint32_t pick) {
  const bool slides = members_.size() == window_;
  plan_rotations(pick, slides);
  const double square = complements_[pick] + own_oldest_ * own_oldest_;
  const double pivot = square > kDependent * diagonal_[pick] ? std::sqrt(square) : 0;
  const double inverse = pivot > 0 ? 1 / pivot : 0;
  double* const added = slides ? columns_.front() : zeros(arena_, room_).data();
  if (slides) {
    slide(inverse);
    members_.erase(members_.begin());
    columns_.erase(columns_.begin());
  } else {
    grow(inverse, added);
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

/// The pick's column from what is left of its row when the others are taken out: block by block, so that each number is
/// read and written once.
void WindowFactor::grow(double inverse_pivot, double* added) {
  for (size_t at = 0; at < padded_; at += kBlock) {
    Doubles left[kVectors];
    for (size_t v = 0; v < kVectors; ++v) left[v] = load(row_.data() + at + v * kDoubles);
    for (size_t k = 0; k < own_.size(); ++k) {
      const Doubles own = all(-own_[k]);
      const double* const column = columns_[k] + at;
      for (size_t v = 0; v < kVectors; ++v) left[v] = fused(own, load(column + v * kDoubles), left[v]);
    }
    for (size_t v = 0; v < kVectors; ++v) {
      double* const complement = complements_.data() + at + v * kDoubles;
      const Doubles entry = left[v] * all(inverse_pivot);
      store(fused(-entry, entry, load(complement)), complement);
      store(entry, added + at + v * kDoubles);
    }
  }
}

/// The same, and before it the rotations of the columns that stay; the pick's column takes the place of the oldest.
void WindowFactor::slide(double inverse_pivot) {
  double* const first = columns_.front();
  for (size_t at = 0; at < padded_; at += kBlock) {
    Doubles oldest[kVectors], left[kVectors];
    for (size_t v = 0; v < kVectors; ++v) {
      oldest[v] = load(first + at + v * kDoubles);
      left[v] = load(row_.data() + at + v * kDoubles);
    }
    for (size_t k = 0; k < own_.size(); ++k) {
      const Doubles own = all(-own_[k]), cosine = all(rotations_[k].cosine), sine = all(rotations_[k].sine);
      double* const column = columns_[k + 1] + at;
      for (size_t v = 0; v < kVectors; ++v) {
        const Doubles before = load(column + v * kDoubles), turned = fused(cosine, before, sine * oldest[v]);
        oldest[v] = fused(-sine, before, cosine * oldest[v]);
        left[v] = fused(own, turned, left[v]);
        store(turned, column + v * kDoubles);
      }
    }
    for (size_t v = 0; v < kVectors; ++v) {
      double* const complement = complements_.data() + at + v * kDoubles;
      const Doubles entry = left[v] * all(inverse_pivot);
      store(fused(-entry, entry, fused(oldest[v], oldest[v], load(complement))), complement);
      store(entry, first + at + v * kDoubles);
    }
  }
}

}  // namespace rec::operators
