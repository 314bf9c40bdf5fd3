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
  /// `most`: how many candidates there can be. `window`: at least 1.
  WindowFactor(size_t most, size_t window, column::Arena& arena);

  /// Further candidates take part. `diagonal`: A_ii of each, finite and at least 0. `row_of(member, first, out)` gives
  /// A_i,member of the new ones, the first of which is `first`. Costs |S|² a candidate.
  template <typename RowOf>
  void extend(std::span<const double> diagonal, RowOf row_of) {
    const size_t first = make_room(diagonal);
    for (size_t k = 0; k < members_.size(); ++k)
      row_of(members_[k], first, std::span<double>(columns_[k] + first, diagonal.size()));
    solve(first);
  }

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

  size_t make_room(std::span<const double> diagonal);
  void solve(size_t first);
  void plan_rotations(uint32_t pick, bool slides);
  void grow(double inverse_pivot, double* added);
  void slide(double inverse_pivot);

  size_t width_ = 0, padded_ = 0;  // candidates; the same in whole blocks
  size_t room_, window_;
  column::Arena& arena_;
  std::span<double> row_, diagonal_, complements_;  // room_ each; 0 where there is no candidate yet
  std::vector<double*> columns_;                    // of C, oldest first
  std::vector<uint32_t> members_;
  // Of the push under way:
  std::vector<Rotation> rotations_;  // one a column that stays
  std::vector<double> own_;          // what the pick has in each column that stays, afterwards
  std::vector<double> pivots_, oldest_;
  double own_oldest_ = 0;
};

}  // namespace rec::operators
