// ItemCF: item-to-item similarity from co-occurrence. Definition: docs/algorithms.md; Sarwar et al. 2001, Breese et al.
// 1998.
#pragma once

#include "offline/indexes/interactions.h"
#include "offline/indexes/neighbour_lists.h"

namespace rec::indexes {

struct ItemCfOptions {
  uint32_t top_k = 100;
  double popularity_exponent = 0.3;  // a: 0.5 is the cosine
  enum class UserWeight { none, iuf, inverse } user_weight = UserWeight::inverse;
  std::optional<int64_t> half_life{};   // microseconds
  std::optional<uint32_t> max_items{};  // of one user, the newest
};

/// sim(i→j) = Σ_u g(u)·w_ui·w_uj·decay / (N_i^{1−a}·N_j^a); sums in double, stored as float.
NeighbourLists build_item_cf(InteractionList interactions, uint32_t users, uint32_t items, const ItemCfOptions& options,
                             const Work& work = {});

}  // namespace rec::indexes
