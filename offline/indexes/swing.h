// Swing: item-to-item similarity from pairs of users that share two items. Definition: docs/algorithms.md; Yang et al.
// 2020, "Large Scale Product Graph Construction for Recommendation in E-commerce".
#pragma once

#include "offline/indexes/interactions.h"
#include "offline/indexes/neighbour_lists.h"
#include "offline/indexes/update.h"

namespace rec::indexes {

struct SwingOptions {
  uint32_t top_k = 100;
  double alpha = 1;
  enum class Weighting { none, inv_sqrt, power } weighting = Weighting::inv_sqrt;
  double alpha1 = 5, beta = 0.35;       // of `power`
  bool divide_by_largest = true;        // each list, by its largest similarity
  std::optional<uint32_t> max_items{};  // of one user: more are sampled
  std::optional<uint32_t> max_users{};  // of one item: more are sampled
};

/// How many rows were cut by sampling.
struct SwingSampled {
  uint64_t users = 0, items = 0;
};

/// sim(i, j) = Σ_{u<v ∈ U_i ∩ U_j} w_u·w_v / (α + |I_u ∩ I_v|), each unordered pair of users once, in ascending order;
/// in double, stored as float.
NeighbourLists build_swing(InteractionList interactions, uint32_t users, uint32_t items, const SwingOptions& options,
                           SwingSampled& sampled, const Work& work = {});

/// In two steps, the first of which gives what an update compares.
Interactions arrange_for_swing(InteractionList interactions, uint32_t users, uint32_t items,
                               const SwingOptions& options, SwingSampled& sampled, memory::Budget* budget = nullptr);
NeighbourLists build_swing(const Interactions& all, const SwingOptions& options, const Work& work = {});
/// The same lists as build_swing: the items of users who changed are made again.
Updated update_swing(const Before& before, const Interactions& all, const SwingOptions& options, const Work& work = {});

}  // namespace rec::indexes
