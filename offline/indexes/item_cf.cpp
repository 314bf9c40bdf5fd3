// ItemCF by rows of the co-occurrence matrix: one item at a time, dense sums, only what was touched is looked at again.
#include "offline/indexes/item_cf.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <thread>

namespace rec::indexes {
namespace {

struct Entry {
  uint32_t id;  // of the user in an item's list, of the item in a user's
  float weight;
  int64_t time;
};

/// Interactions by user and by item, both with ascending ids, so that sums have one order.
struct Interactions {
  std::vector<uint64_t> user_offsets, item_offsets;
  std::vector<Entry> of_user, of_item;
  std::vector<double> user_weight;  // g(u)
  std::vector<double> norm;         // N_i
};

void keep_newest(std::vector<Interaction>& interactions, uint32_t max_items) {
  std::ranges::sort(interactions, [](const Interaction& a, const Interaction& b) {
    return a.user != b.user ? a.user < b.user : a.time != b.time ? a.time > b.time : a.item < b.item;
  });
  uint32_t user = 0;
  uint32_t seen = 0;
  std::erase_if(interactions, [&](const Interaction& interaction) {
    seen = interaction.user == user ? seen + 1 : 1;
    user = interaction.user;
    return seen > max_items;
  });
}

double user_weight(ItemCfOptions::UserWeight kind, uint64_t items) {
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

Interactions arrange(std::vector<Interaction> list, uint32_t users, uint32_t items, const ItemCfOptions& options) {
  if (options.max_items) {
    keep_newest(list, *options.max_items);
  }
  std::ranges::sort(list, [](const Interaction& a, const Interaction& b) {
    return a.user != b.user ? a.user < b.user : a.item < b.item;
  });
  Interactions all{.user_offsets = std::vector<uint64_t>(users + size_t{1}),
                   .item_offsets = std::vector<uint64_t>(items + size_t{1}),
                   .of_user = {},
                   .of_item = std::vector<Entry>(list.size()),
                   .user_weight = std::vector<double>(users),
                   .norm = std::vector<double>(items)};
  for (const Interaction& one : list) {
    ++all.user_offsets[one.user + size_t{1}];
    ++all.item_offsets[one.item + size_t{1}];
    all.of_user.push_back({.id = one.item, .weight = one.weight, .time = one.time});
    all.norm[one.item] += double{one.weight} * one.weight;
  }
  for (size_t user = 0; user < users; ++user) {
    all.user_weight[user] = user_weight(options.user_weight, all.user_offsets[user + 1]);
    all.user_offsets[user + 1] += all.user_offsets[user];
  }
  for (size_t item = 0; item < items; ++item) {
    all.item_offsets[item + 1] += all.item_offsets[item];
  }
  std::vector<uint64_t> next(all.item_offsets.begin(), all.item_offsets.end());
  for (const Interaction& one : list) {
    all.of_item[next[one.item]++] = {.id = one.user, .weight = one.weight, .time = one.time};
  }
  return all;
}

struct Neighbour {
  uint32_t item;
  float similarity;
};

/// The list of one item; `sums` is zero everywhere before and after.
class ItemLists {
 public:
  ItemLists(const Interactions& all, const ItemCfOptions& options)
      : all_(all), options_(options), sums_(all.norm.size(), 0.0) {}

  std::vector<Neighbour> of(uint32_t item) {
    for (uint64_t k = all_.item_offsets[item]; k < all_.item_offsets[item + size_t{1}]; ++k) {
      add_user(item, all_.of_item[k]);
    }
    std::vector<Neighbour> list;
    const double a = options_.popularity_exponent;
    const double own = std::pow(all_.norm[item], 1 - a);
    for (const uint32_t other : touched_) {
      const auto similarity = static_cast<float>(sums_[other] / (own * std::pow(all_.norm[other], a)));
      sums_[other] = 0;
      if (similarity != 0 && !std::isnan(similarity)) {
        list.push_back({.item = other, .similarity = similarity});
      }
    }
    touched_.clear();
    const auto better = [](const Neighbour& x, const Neighbour& y) {
      return x.similarity != y.similarity ? x.similarity > y.similarity : x.item < y.item;
    };
    const size_t count = std::min<size_t>(list.size(), options_.top_k);
    std::partial_sort(list.begin(), list.begin() + static_cast<ptrdiff_t>(count), list.end(), better);
    list.resize(count);
    return list;
  }

 private:
  void add_user(uint32_t item, const Entry& user) {
    const double weight = all_.user_weight[user.id] * user.weight;
    for (uint64_t k = all_.user_offsets[user.id]; k < all_.user_offsets[user.id + size_t{1}]; ++k) {
      const Entry& other = all_.of_user[k];
      const double term = weight * other.weight * decay(user.time, other.time);
      if (other.id == item || term == 0) {
        continue;
      }
      if (sums_[other.id] == 0) {
        touched_.push_back(other.id);
      }
      sums_[other.id] += term;
    }
  }

  double decay(int64_t a, int64_t b) const {
    if (!options_.half_life) {
      return 1;
    }
    const uint64_t apart = a > b ? static_cast<uint64_t>(a) - static_cast<uint64_t>(b)
                                 : static_cast<uint64_t>(b) - static_cast<uint64_t>(a);
    return std::exp2(-static_cast<double>(apart) / static_cast<double>(*options_.half_life));
  }

  const Interactions& all_;
  const ItemCfOptions& options_;
  std::vector<double> sums_;
  std::vector<uint32_t> touched_;  // may name an item twice after sums cancel out; its second sum is then 0
};

}  // namespace

NeighbourLists build_item_cf(std::vector<Interaction> interactions, uint32_t users, uint32_t items,
                             const ItemCfOptions& options) {
  const Interactions all = arrange(std::move(interactions), users, items, options);
  std::vector<std::vector<Neighbour>> lists(items);
  // Threads share out items, never the sum of one: the bits do not depend on how many there are.
  constexpr uint32_t kChunk = 64;
  std::atomic<uint64_t> next = 0;
  const auto work = [&] {
    ItemLists builder(all, options);
    for (uint64_t begin = next.fetch_add(kChunk); begin < items; begin = next.fetch_add(kChunk)) {
      const auto end = std::min<uint64_t>(begin + kChunk, items);
      for (auto item = static_cast<uint32_t>(begin); item < end; ++item) {
        lists[item] = builder.of(item);
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) {
      threads.emplace_back(work);
    }
    work();
  }
  NeighbourLists result;
  result.offsets.push_back(0);
  for (const auto& list : lists) {
    for (const Neighbour& neighbour : list) {
      result.neighbour.push_back(neighbour.item);
      result.similarity.push_back(neighbour.similarity);
    }
    result.offsets.push_back(result.neighbour.size());
  }
  return result;
}

}  // namespace rec::indexes
