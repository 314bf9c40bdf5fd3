// Scores items by their similarity to seeds, or by what similar users did: the online half of ItemCF, Swing and UserCF.
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

/// Offers the best of `left` first, sorting no further than the channel needs.
Candidates admit_best(std::span<const ScoredRow> all, const SourceCall& call);

/// score(j) = Σ over distinct seeds i of weight(i) · sim(i→j), j among the `per_seed` nearest neighbours of i and no
/// seed itself. Of a repeated seed the first (newest) counts. Summed in double in seed order, then rounded to float. In
/// no particular order.
std::vector<ScoredRow> score_neighbours(const store::NeighbourIndex& index, const SeedEvents& seeds, size_t per_seed);

/// score(j) = Σ_v similarity(v) · weight(v, j) over the `neighbours` users most similar to `user`, j among the
/// `per_user` newest items of v, all of rows below `bound`. Summed in double, the most similar user first, then rounded
/// to float. In no particular order.
std::vector<ScoredRow> score_users(const store::UserIndex& index, uint32_t user, size_t neighbours, size_t per_user,
                                   size_t bound = SIZE_MAX);

}  // namespace rec::operators
