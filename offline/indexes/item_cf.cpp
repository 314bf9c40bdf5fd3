// ItemCF as co-occurrence of items in users.
#include "offline/indexes/item_cf.h"

#include <cmath>

#include "offline/indexes/cooccurrence_update.h"

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

/// What the sum over co-occurrences takes from the interactions.
class Terms {
 public:
  Terms(const Interactions& all, const ItemCfOptions& options) : all_(all), half_life_(options.half_life) {
    for (uint32_t user = 0; user < all.of_user.rows(); ++user)
      factors_.push_back(factor(options.user_weight, all.of_user.count(user)));
    for (uint32_t item = 0; item < all.of_item.rows(); ++item) {
      double norm = 0;
      for (uint64_t at = all.of_item.offsets[item]; at < all.of_item.offsets[item + size_t{1}]; ++at)
        norm += double{all.of_item.weight_at(at)} * all.of_item.weight_at(at);
      row_scale_.push_back(std::pow(norm, 1 - options.popularity_exponent));
      column_scale_.push_back(std::pow(norm, options.popularity_exponent));
    }
  }
  Cooccurrence sum() const {
    return {.of_row = all_.of_item,
            .of_shared = all_.of_user,
            .factor = factors_,
            .row_scale = row_scale_,
            .column_scale = column_scale_,
            .half_life = half_life_};
  }

 private:
  const Interactions& all_;
  std::optional<int64_t> half_life_;
  std::vector<double> factors_{}, row_scale_{}, column_scale_{};
};

}  // namespace

Interactions arrange_for_item_cf(InteractionList interactions, uint32_t users, uint32_t items,
                                 const ItemCfOptions& options, memory::Budget* budget) {
  return arrange(std::move(interactions), users, items,
                 {.newest_items = options.max_items, .times = options.half_life.has_value()}, budget);
}

NeighbourLists build_item_cf(const Interactions& all, const ItemCfOptions& options, const Work& work) {
  const Terms terms(all, options);
  return nearest_by_cooccurrence(terms.sum(), options.top_k, work);
}

NeighbourLists build_item_cf(InteractionList interactions, uint32_t users, uint32_t items, const ItemCfOptions& options,
                             const Work& work) {
  return build_item_cf(arrange_for_item_cf(std::move(interactions), users, items, options, work.memory), options, work);
}

Updated update_item_cf(const Before& before, const Interactions& all, const ItemCfOptions& options, const Work& work) {
  const Changes changes = compare(before.of_user, all.of_user, all.of_item.rows());
  CooccurrenceChange change{.changed = changes.items, .touched = changes.items};
  if (options.user_weight != ItemCfOptions::UserWeight::none)
    add_entries(change.touched, all.of_user, changes.resized_users);
  const Terms terms(all, options);
  return update_by_cooccurrence(terms.sum(), before.lists, change, options.top_k, work);
}

}  // namespace rec::indexes
