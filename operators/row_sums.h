// Sums by row, for scores that many lists add to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "operators/row_index.h"

namespace rec::operators {

/// Rows numbered in the order in which they are first met, each with a sum that begins at 0. Arrays by row where the
/// table is small beside them, else a hash table. Belongs to the thread that made it.
class RowSums {
 public:
  /// `room`: how many rows will be met at most; `bound`: rows are below it.
  explicit RowSums(size_t room, size_t bound = SIZE_MAX)
      : direct_(is_worth_an_array(bound, room)), met_(direct_ ? bound : 0), sums_(direct_ ? bound : 0) {
    if (direct_) {
      rows_ = std::make_unique_for_overwrite<uint32_t[]>(std::min(room, bound) + 1);
    } else {
      numbers_.emplace(room, bound);
      hashed_ = std::make_unique<double[]>(room);
    }
  }
  ~RowSums() {
    for (uint32_t number = 0; direct_ && number < size_; ++number) {
      met_[rows_[number]] = 0;
      sums_[rows_[number]] = 0;
    }
  }
  RowSums(const RowSums&) = delete;
  RowSums& operator=(const RowSums&) = delete;
  RowSums(RowSums&&) = delete;
  RowSums& operator=(RowSums&&) = delete;

  /// Whether the row is new.
  bool add(uint32_t row, double value) {
    if (direct_) {  // without a branch: which rows are new follows no pattern
      const bool is_new = met_[row] == 0;
      rows_[size_] = row;
      size_ += is_new ? 1 : 0;
      met_[row] = 1;
      sums_[row] += value;
      return is_new;
    }
    const auto [number, is_new] = numbers_->insert(row);
    hashed_[number] += value;
    return is_new;
  }

  size_t size() const { return direct_ ? size_ : numbers_->rows().size(); }
  uint32_t row(size_t number) const { return direct_ ? rows_[number] : numbers_->rows()[number]; }
  double sum(size_t number) const { return direct_ ? sums_[rows_[number]] : hashed_[number]; }

 private:
  bool direct_;
  Zeros<uint8_t> met_;
  Zeros<double> sums_;
  std::unique_ptr<uint32_t[]> rows_{};  // `size_` of them, and room for one more
  uint32_t size_ = 0;
  std::optional<RowIndex> numbers_{};
  std::unique_ptr<double[]> hashed_{};
};

}  // namespace rec::operators
