// What each candidate adds to the last W selected: a Cholesky factor of their Gram matrix that slides with the window.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/column/column.h"

namespace rec::operators {

/// For a symmetric positive semidefinite A over n candidates and the window S of those selected last, keeps the factor
/// L of A_SS, the columns C = A_:S L^-T, and of each candidate i the Schur complement A_ii - A_iS A_SS^-1 A_Si. A
/// selection costs n·|S| and an update of L of |S|², also when the oldest leaves: its column is then turned into the
/// others by Givens rotations, so that nothing is ever factored anew. In double.
class WindowFactor {
 public:
  /// `diagonal`: A_ii, one a candidate, finite and at least 0. `window`: at least 1.
  WindowFactor(std::span<const double> diagonal, size_t window, column::Arena& arena);

  /// A_i,pick of each candidate is written here before `push(pick)`.
  std::span<double> row() { return row_.first(width_); }
  /// `pick` enters the window; from a full one the oldest leaves. One that depends on the others (its complement is at
  /// most kDependent of its A_ii) takes its place there and adds no direction.
  void push(uint32_t pick);

  std::span<const double> complements() const { return complements_.first(width_); }
  /// The window, oldest first, and of a member the square root of its complement against those before it.
  std::span<const uint32_t> members() const { return members_; }
  double pivot(size_t member) const { return columns_[member][members_[member]]; }

  static constexpr double kDependent = 1e-12;

 private:
  struct Rotation {
    double cosine, sine;
  };

  void plan_rotations(uint32_t pick, bool slides);
  void grow(double inverse_pivot, double* added);
  void slide(double inverse_pivot);

  size_t width_, padded_, window_;
  column::Arena& arena_;
  std::span<double> row_, diagonal_, complements_;  // padded
  std::vector<double*> columns_;                    // of C, oldest first
  std::vector<uint32_t> members_;
  // Of the push under way:
  std::vector<Rotation> rotations_;  // one a column that stays
  std::vector<double> own_;          // what the pick has in each column that stays, afterwards
  std::vector<double> pivots_, oldest_;
  double own_oldest_ = 0;
};

}  // namespace rec::operators
