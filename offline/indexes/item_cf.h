// ItemCF: item-to-item similarity from co-occurrence. Definition: docs/algorithms.md; Sarwar et al. 2001, Breese et al.
// 1998.
#pragma once

#include "offline/indexes/interactions.h"
#include "offline/indexes/neighbour_lists.h"
#include "offline/indexes/update.h"

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

/// In two steps, the first of which gives what an update compares.
Interactions arrange_for_item_cf(InteractionList interactions, uint32_t users, uint32_t items,
                                 const ItemCfOptions& options, memory::Budget* budget = nullptr);
NeighbourLists build_item_cf(const Interactions& all, const ItemCfOptions& options, const Work& work = {});
/// The same lists as build_item_cf.
Updated update_item_cf(const Before& before, const Interactions& all, const ItemCfOptions& options,
                       const Work& work = {});

}  // namespace rec::indexes
