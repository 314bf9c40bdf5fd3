// Who did what, compressed both ways: the input of every index over users and items.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "offline/memory/array.h"

namespace rec::indexes {

/// One (user, item) pair: repeated events already folded (largest weight, latest time).
struct Interaction {
  uint32_t user, item;
  float weight;
  int64_t time;  // microseconds
};

/// By user, then item, if it does not fit into memory; else in any order.
using InteractionList = memory::Array<Interaction>;

/// Row r has entries offsets[r] to offsets[r + 1], by ascending id.
struct Side {
  std::vector<uint64_t> offsets{0};
  memory::Array<uint32_t> id{};
  memory::Array<float> weight{};  // empty: all 1
  memory::Array<int64_t> time{};  // empty unless asked for

  uint32_t rows() const { return static_cast<uint32_t>(offsets.size() - 1); }
  uint64_t count(uint32_t row) const { return offsets[row + size_t{1}] - offsets[row]; }
  std::span<const uint32_t> ids(uint32_t row) const { return {id.data() + offsets[row], count(row)}; }
  float weight_at(uint64_t at) const { return weight.empty() ? 1.0F : weight[at]; }
};

struct Interactions {
  Side of_user, of_item;
};

/// What is kept of the interactions, and with what.
struct Arrangement {
  std::optional<uint32_t> newest_items{};  // of one user, the newest (ties: the lower item)
  bool weights = true, times = false;      // without weights all are 1
};

/// What goes beyond the budget lies in its files.
Interactions arrange(InteractionList list, uint32_t users, uint32_t items, const Arrangement& wanted,
                     memory::Budget* budget = nullptr);
Side arrange_users(InteractionList list, uint32_t users, const Arrangement& wanted, memory::Budget* budget = nullptr);
/// The other side: of each of `rows` entries, the rows that have it.
Side transpose(const Side& side, uint32_t rows, memory::Budget* budget = nullptr);

/// What each user did, newest first (ties: the lower item), cut to the newest; with all weights.
Side newest_first(const InteractionList& list, uint32_t users, std::optional<uint32_t> newest_items,
                  memory::Budget* budget = nullptr);

/// The side with at most `most` entries a row: which ones is drawn by a hash of the row and the entry, the same every
/// time. `cut`: how many rows had more. Weights and times are left behind.
Side sample_rows(const Side& side, uint32_t most, uint64_t& cut, memory::Budget* budget = nullptr);

}  // namespace rec::indexes
