// ItemCF as co-occurrence of items in users.
#include "offline/indexes/item_cf.h"

#include <cmath>

#include "offline/indexes/cooccurrence.h"

namespace rec::indexes {
namespace {

double factor(ItemCfOptions::UserWeight kind, uint64_t items) {
  switch (kind) {
    case ItemCfOptions::UserWeight::none:
      return 1;
    case ItemCfOptions::UserWeight::iuf:
      return 1 / std::log1p(static_cast<double>(items));
    case ItemCfOptions::UserWeight::inverse:
      return 1 / static_cast<double>(items);
  }
  return 1;
}

}  // namespace

NeighbourLists build_item_cf(InteractionList interactions, uint32_t users, uint32_t items, const ItemCfOptions& options,
                             const Work& work) {
  const Interactions all =
      arrange(std::move(interactions), users, items,
              {.newest_items = options.max_items, .times = options.half_life.has_value()}, work.memory);
  std::vector<double> factors, row_scale, column_scale;
  for (uint32_t user = 0; user < users; ++user) factors.push_back(factor(options.user_weight, all.of_user.count(user)));
  for (uint32_t item = 0; item < items; ++item) {
    double norm = 0;
    for (uint64_t at = all.of_item.offsets[item]; at < all.of_item.offsets[item + size_t{1}]; ++at)
      norm += double{all.of_item.weight_at(at)} * all.of_item.weight_at(at);
    row_scale.push_back(std::pow(norm, 1 - options.popularity_exponent));
    column_scale.push_back(std::pow(norm, options.popularity_exponent));
  }
  return nearest_by_cooccurrence({.of_row = all.of_item,
                                  .of_shared = all.of_user,
                                  .factor = factors,
                                  .row_scale = row_scale,
                                  .column_scale = column_scale,
                                  .half_life = options.half_life},
                                 options.top_k, work);
}

}  // namespace rec::indexes
