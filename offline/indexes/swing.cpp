// Swing one item at a time. Its users are numbered 0 to n; every item that any of them has is a set of these numbers.
// Counting the pairs in all sets gives |I_u ∩ I_v| of every pair (an item that both have is in the set of both), and
// adding up w_u·w_v / (α + |I_u ∩ I_v|) over the pairs of one set its similarity. The n × n table of pairs is made a
// band of rows at a time, so that it stays in the cache.
#include "offline/indexes/swing.h"

#include <cmath>

namespace rec::indexes {
namespace {

constexpr size_t kBandCells = size_t{1} << 17;  // 1 MiB of doubles

double user_weight(const SwingOptions& options, uint64_t items) {
  const auto n = static_cast<double>(items);
  switch (options.weighting) {
    case SwingOptions::Weighting::none:
      return 1;
    case SwingOptions::Weighting::inv_sqrt:
      return 1 / std::sqrt(n);
    case SwingOptions::Weighting::power:
      return 1 / std::pow(options.alpha1 + n, options.beta);
  }
  return 1;
}

class Items {
 public:
  Items(const Interactions& all, const std::vector<double>& weight, const SwingOptions& options, memory::Budget* budget)
      : all_(all), weight_(weight), options_(options), watch_(budget), set_of_(all.of_item.rows(), kNone) {}

  void operator()(uint32_t item, BestRows& best) {
    gather(item);
    sums_.assign(sets_.size(), 0.0);
    const auto users = all_.of_item.ids(item);
    const size_t n = users.size();
    for (size_t first = 0; first < n; first += band(n)) add_band(users, first, std::min(n, first + band(n)));
    double largest = 0;
    for (size_t s = 0; s < sets_.size(); ++s) {
      set_of_[sets_[s].item] = kNone;
      if (sets_[s].item != item) largest = std::max(largest, sums_[s]);
    }
    const double divisor = options_.divide_by_largest && largest > 0 ? largest : 1;
    for (size_t s = 0; s < sets_.size(); ++s) {
      const auto similarity = static_cast<float>(sums_[s] / divisor);
      if (sets_[s].item != item && similarity > 0) best.offer(similarity, sets_[s].item);
    }
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Set {
    uint32_t item;
    uint32_t begin, end;  // of its users' numbers, in numbers_
  };
  static size_t band(size_t n) { return std::max<size_t>(1, kBandCells / n); }

  /// The sets, those of one user left out: no pair is in them.
  void gather(uint32_t item) {
    const auto users = all_.of_item.ids(item);
    counts_.clear();
    touched_.clear();
    for (const uint32_t user : users) {
      for (const uint32_t other : all_.of_user.ids(user)) {
        if (set_of_[other] == kNone) {
          set_of_[other] = static_cast<uint32_t>(touched_.size());
          touched_.push_back(other);
          counts_.push_back(0);
        }
        ++counts_[set_of_[other]];
      }
      watch_.row();
    }
    sets_.clear();
    uint32_t room = 0;
    for (size_t t = 0; t < touched_.size(); ++t) {
      if (counts_[t] < 2) {
        set_of_[touched_[t]] = kNone;
        continue;
      }
      set_of_[touched_[t]] = static_cast<uint32_t>(sets_.size());
      sets_.push_back({.item = touched_[t], .begin = room, .end = room});
      room += counts_[t];
    }
    numbers_.resize(room);
    for (uint32_t number = 0; number < users.size(); ++number) {
      for (const uint32_t other : all_.of_user.ids(users[number])) {
        if (set_of_[other] != kNone) numbers_[sets_[set_of_[other]].end++] = number;
      }
      watch_.row();
    }
  }

  /// Pairs whose first user is in [first, last).
  void add_band(std::span<const uint32_t> users, size_t first, size_t last) {
    const size_t n = users.size();
    table_.assign((last - first) * n, 0.0);
    const auto in_band = [&](const Set& set) {
      const auto begin = numbers_.begin() + set.begin, end = numbers_.begin() + set.end;
      return first == 0 ? begin : std::lower_bound(begin, end, static_cast<uint32_t>(first));
    };
    for (const Set& set : sets_) {
      const auto end = numbers_.begin() + set.end;
      for (auto u = in_band(set); u != end && *u < last; ++u) {
        double* const row = table_.data() + (*u - first) * n;
        for (auto v = u + 1; v != end; ++v) row[*v] += 1;
      }
    }
    local_.clear();
    for (const uint32_t user : users) local_.push_back(weight_[user]);
    for (size_t u = first; u < last; ++u) {
      double* const row = table_.data() + (u - first) * n;
      const double own = local_[u];
      for (size_t v = u + 1; v < n; ++v) row[v] = own * local_[v] / (options_.alpha + row[v]);
    }
    for (size_t s = 0; s < sets_.size(); ++s) {
      const auto end = numbers_.begin() + sets_[s].end;
      double sum = sums_[s];
      for (auto u = in_band(sets_[s]); u != end && *u < last; ++u) {
        const double* const row = table_.data() + (*u - first) * n;
        for (auto v = u + 1; v != end; ++v) sum += row[*v];
      }
      sums_[s] = sum;
    }
  }

  const Interactions& all_;
  const std::vector<double>& weight_;
  const SwingOptions& options_;
  memory::Watch watch_;
  std::vector<uint32_t> set_of_;  // of each item; kNone everywhere between items
  std::vector<uint32_t> touched_{}, counts_{}, numbers_{};
  std::vector<Set> sets_{};
  std::vector<double> sums_{}, table_{}, local_{};
};

std::vector<double> user_weights(const Interactions& all, const SwingOptions& options) {
  std::vector<double> weight;
  for (uint32_t user = 0; user < all.of_user.rows(); ++user)
    weight.push_back(user_weight(options, all.of_user.count(user)));
  return weight;
}

}  // namespace

Interactions arrange_for_swing(InteractionList interactions, uint32_t users, uint32_t items,
                               const SwingOptions& options, SwingSampled& sampled, memory::Budget* budget) {
  Interactions all{.of_user = arrange_users(std::move(interactions), users, {.weights = false}, budget), .of_item = {}};
  if (options.max_items) all.of_user = sample_rows(all.of_user, *options.max_items, sampled.users, budget);
  all.of_item = transpose(all.of_user, items, budget);
  if (options.max_users) {
    all.of_item = sample_rows(all.of_item, *options.max_users, sampled.items, budget);
    all.of_user = transpose(all.of_item, users, budget);
  }
  return all;
}

NeighbourLists build_swing(const Interactions& all, const SwingOptions& options, const Work& work) {
  const auto weight = user_weights(all, options);
  return collect_lists(all.of_item.rows(), options.top_k, work,
                       [&] { return Items(all, weight, options, work.memory); });
}

NeighbourLists build_swing(InteractionList interactions, uint32_t users, uint32_t items, const SwingOptions& options,
                           SwingSampled& sampled, const Work& work) {
  return build_swing(arrange_for_swing(std::move(interactions), users, items, options, sampled, work.memory), options,
                     work);
}

Updated update_swing(const Before& before, const Interactions& all, const SwingOptions& options, const Work& work) {
  const Changes changes = compare(before.of_user, all.of_user, all.of_item.rows());
  std::vector<uint32_t> reached = changes.items;  // also what users have no more
  add_entries(reached, all.of_user, changes.users);
  std::vector<uint8_t> again(all.of_item.rows());
  for (const uint32_t item : reached) again[item] = 1;
  const auto weight = user_weights(all, options);
  Updated out;
  out.rows_made = reached.size();
  out.lists = append_lists(all.of_item.rows(), work, [&] {
    return [&, make = Items(all, weight, options, work.memory), best = BestRows(options.top_k)](
               uint32_t item, NeighbourLists& lists) mutable {
      if (again[item] != 0) {
        make(item, best);
        best.move_to(lists);
      } else if (item < before.lists.rows()) {
        lists.append(before.lists, item);
      } else {
        lists.offsets.push_back(lists.neighbour.size());
      }
    };
  });
  return out;
}

}  // namespace rec::indexes
