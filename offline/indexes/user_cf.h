// UserCF: user-to-user similarity from the items that users share. Definition: docs/algorithms.md; Resnick et al. 1994,
// Breese et al. 1998.
#pragma once

#include "offline/indexes/interactions.h"
#include "offline/indexes/neighbour_lists.h"
#include "offline/indexes/update.h"

namespace rec::indexes {

struct UserCfOptions {
  uint32_t top_k = 100;
  enum class Discount { none, popularity } discount = Discount::popularity;
  std::optional<uint32_t> max_items{};  // of one user, the newest
};

/// sim(u, v) = Σ_{l ∈ I_u ∩ I_v} d(l) / √(|I_u|·|I_v|), d(l) = 1 or 1/ln(1 + n_l); sums in double, stored as float.
NeighbourLists build_user_cf(InteractionList interactions, uint32_t users, uint32_t items, const UserCfOptions& options,
                             const Work& work = {});

/// In two steps, the first of which gives what an update compares.
Interactions arrange_for_user_cf(InteractionList interactions, uint32_t users, uint32_t items,
                                 const UserCfOptions& options, memory::Budget* budget = nullptr);
NeighbourLists build_user_cf(const Interactions& all, const UserCfOptions& options, const Work& work = {});
/// The same lists as build_user_cf.
Updated update_user_cf(const Before& before, const Interactions& all, const UserCfOptions& options,
                       const Work& work = {});

}  // namespace rec::indexes
