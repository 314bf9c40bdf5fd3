// Scores items by their similarity to seeds: the online half of ItemCF and Swing (algorithms.md, "ItemCF").
#pragma once

#include <cstdint>
#include <span>

#include "operators/operator.h"

namespace rec::operators {

/// An item with its score; in the order in which a source yields them: score falling, ties the lower row, NaN last.
struct ScoredRow {
  uint32_t row;
  float score;
};
bool comes_before(const ScoredRow& a, const ScoredRow& b);

/// score(j) = Σ over distinct seeds i of weight(i) · sim(i→j), j among the `per_seed` nearest neighbours of i and no
/// seed itself. Of a repeated seed the first (newest) counts. Summed in double in seed order, then rounded to float. In
/// no particular order.
std::vector<ScoredRow> score_neighbours(const store::NeighbourIndex& index, const SeedEvents& seeds, size_t per_seed);

}  // namespace rec::operators
