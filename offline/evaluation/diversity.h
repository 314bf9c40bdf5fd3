// How unlike the items of a page are.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "runtime/store/generation.h"

namespace rec::evaluation {

/// The mean over pairs of a page's items of 1 − similarity by one column: the cosine of vectors, the Jaccard index of
/// lists, being the same of other values. Items without a value are like none.
class Diversity {
 public:
  /// `column` empty: the table's first column of vectors, else of lists, else of strings; without one it measures 0.
  static std::expected<Diversity, std::string> make(const store::Table& table, const catalog::Table& description,
                                                    const std::string& column);
  double of(std::span<const uint32_t> rows) const;
  bool measures() const { return column_ != nullptr; }

 private:
  double similarity(uint32_t a, uint32_t b) const;
  const column::ColumnView* column_ = nullptr;
};

}  // namespace rec::evaluation
