// UserCF as co-occurrence of users in items.
#include "offline/indexes/user_cf.h"

#include <cmath>

#include "offline/indexes/cooccurrence.h"

namespace rec::indexes {

NeighbourLists build_user_cf(InteractionList interactions, uint32_t users, uint32_t items, const UserCfOptions& options,
                             const Work& work) {
  const Interactions all = arrange(std::move(interactions), users, items,
                                   {.newest_items = options.max_items, .weights = false}, work.memory);
  std::vector<double> factors, scale;
  for (uint32_t item = 0; item < items; ++item) {
    const bool discounted = options.discount == UserCfOptions::Discount::popularity;
    factors.push_back(discounted ? 1 / std::log1p(static_cast<double>(all.of_item.count(item))) : 1);
  }
  for (uint32_t user = 0; user < users; ++user)
    scale.push_back(std::sqrt(static_cast<double>(all.of_user.count(user))));
  return nearest_by_cooccurrence(
      {.of_row = all.of_user, .of_shared = all.of_item, .factor = factors, .row_scale = scale, .column_scale = scale},
      options.top_k, work);
}

}  // namespace rec::indexes
