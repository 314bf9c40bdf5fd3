// What hand-written pipelines keep between requests: arrays as long as the item table, touched where a request needs
// them and cleared there.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/store/generation.h"

namespace rec::handwritten {

/// A set of rows, a bit each.
class RowSet {
 public:
  explicit RowSet(uint32_t rows) : words_(rows / 64 + 1) {}
  void add(std::span<const uint32_t> rows) {
    for (const uint32_t row : rows) words_[row / 64] |= uint64_t{1} << (row % 64);
  }
  void clear(std::span<const uint32_t> rows) {
    for (const uint32_t row : rows) words_[row / 64] = 0;
  }
  bool has(uint32_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }
  /// Adds the row; whether it was not there.
  bool insert(uint32_t row) {
    const uint64_t bit = uint64_t{1} << (row % 64), before = words_[row / 64];
    words_[row / 64] = before | bit;
    return (before & bit) == 0;
  }

 private:
  std::vector<uint64_t> words_;
};

/// How often each value of a column with small values occurs.
class Counts {
 public:
  explicit Counts(size_t values) : counts_(values) {}
  void add(size_t value) { ++counts_[value]; }
  void remove(size_t value) { --counts_[value]; }
  void clear(size_t value) { counts_[value] = 0; }
  uint32_t of(size_t value) const { return counts_[value]; }

 private:
  std::vector<uint32_t> counts_;
};

/// A score as a number that is the smaller the larger the score is, for scores that are no NaN.
inline uint32_t falling(float score) {
  const auto bits = std::bit_cast<uint32_t>(score + 0.0F);
  return (bits >> 31) != 0 ? bits : ~(bits | (1U << 31));
}
inline float score_of(uint32_t falling) {
  const uint32_t bits = (falling >> 31) != 0 ? falling : ~falling & ~(1U << 31);
  return std::bit_cast<float>(bits);
}

/// score(j) = Σ over distinct seeds of weight · similarity, seeds left out; in double, rounded once.
class Neighbours {
 public:
  explicit Neighbours(uint32_t rows) : sums_(rows), seen_(rows), seeds_(rows) { touched_.reserve(rows); }

  /// Calls visit(row, score) for each item that some seed's list has.
  template <typename WeightOf, typename Visit>
  void score(const store::NeighbourIndex& index, std::span<const uint32_t> seeds, size_t per_seed, WeightOf weight_of,
             Visit visit) {
    seeds_.add(seeds);
    for (size_t s = 0; s < seeds.size(); ++s) {
      if (!seen_.insert(seeds[s])) continue;  // of a repeated seed the newest counts
      const auto neighbours = index.neighbours(seeds[s]);
      const size_t length = std::min(per_seed, neighbours.size());
      const auto similarities = index.similarities(seeds[s]);
      const double weight = weight_of(s);
      for (size_t k = 0; k < length; ++k) {
        double& sum = sums_[neighbours[k]];
        if (sum == 0) touched_.push_back(neighbours[k]);
        sum += weight * static_cast<double>(similarities[k]);
      }
    }
    for (const uint32_t row : touched_) {
      if (!seeds_.has(row)) visit(row, static_cast<float>(sums_[row]));
      sums_[row] = 0;
    }
    touched_.clear();
    seen_.clear(seeds);
    seeds_.clear(seeds);
  }

 private:
  std::vector<double> sums_;
  RowSet seen_, seeds_;
  std::vector<uint32_t> touched_;
};

}  // namespace rec::handwritten
