// Similarity of rows by what they have in common: the sum behind ItemCF (items that users share) and UserCF (users that
// items share).
#pragma once

#include <optional>
#include <span>

#include "offline/indexes/interactions.h"
#include "offline/indexes/neighbour_lists.h"

namespace rec::indexes {

/// sim(i, j) = Σ_m factor(m) · w_im · w_jm · 2^(−|t_im − t_jm| / half_life) / (row_scale(i) · column_scale(j)) over
/// what i and j share; in double, in the order of m, then rounded to float. A similarity of 0 or NaN is none.
struct Cooccurrence {
  const Side& of_row;     // of each row, what it has
  const Side& of_shared;  // of each of those, the rows that have it
  std::span<const double> factor{};
  std::span<const double> row_scale{}, column_scale{};
  std::optional<int64_t> half_life{};  // microseconds
};
NeighbourLists nearest_by_cooccurrence(const Cooccurrence& from, uint32_t top_k, const Work& work);

}  // namespace rec::indexes
