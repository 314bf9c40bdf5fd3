// UserCF as co-occurrence of users in items.
#include "offline/indexes/user_cf.h"

#include <cmath>

#include "offline/indexes/cooccurrence_update.h"

namespace rec::indexes {
namespace {

using Discount = UserCfOptions::Discount;

/// What the sum over co-occurrences takes from the interactions.
class Terms {
 public:
  Terms(const Interactions& all, const UserCfOptions& options) : all_(all) {
    for (uint32_t item = 0; item < all.of_item.rows(); ++item) {
      const auto users = static_cast<double>(all.of_item.count(item));
      factors_.push_back(options.discount == Discount::popularity ? 1 / std::log1p(users) : 1);
    }
    for (uint32_t user = 0; user < all.of_user.rows(); ++user)
      scale_.push_back(std::sqrt(static_cast<double>(all.of_user.count(user))));
  }
  Cooccurrence sum() const {
    return {.of_row = all_.of_user,
            .of_shared = all_.of_item,
            .factor = factors_,
            .row_scale = scale_,
            .column_scale = scale_};
  }

 private:
  const Interactions& all_;
  std::vector<double> factors_{}, scale_{};
};

}  // namespace

Interactions arrange_for_user_cf(InteractionList interactions, uint32_t users, uint32_t items,
                                 const UserCfOptions& options, memory::Budget* budget) {
  return arrange(std::move(interactions), users, items, {.newest_items = options.max_items, .weights = false}, budget);
}

NeighbourLists build_user_cf(const Interactions& all, const UserCfOptions& options, const Work& work) {
  const Terms terms(all, options);
  return nearest_by_cooccurrence(terms.sum(), options.top_k, work);
}

NeighbourLists build_user_cf(InteractionList interactions, uint32_t users, uint32_t items, const UserCfOptions& options,
                             const Work& work) {
  return build_user_cf(arrange_for_user_cf(std::move(interactions), users, items, options, work.memory), options, work);
}

Updated update_user_cf(const Before& before, const Interactions& all, const UserCfOptions& options, const Work& work) {
  const Changes changes = compare(before.of_user, all.of_user, all.of_item.rows());
  CooccurrenceChange change{.changed = changes.users, .touched = changes.users};
  if (options.discount == Discount::popularity) add_entries(change.touched, all.of_item, changes.resized_items);
  const Terms terms(all, options);
  return update_by_cooccurrence(terms.sum(), before.lists, change, options.top_k, work);
}

}  // namespace rec::indexes
