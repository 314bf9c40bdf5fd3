// Who did what, compressed both ways: the input of every index over users and items.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rec::indexes {

/// One (user, item) pair: repeated events already folded (largest weight, latest time).
struct Interaction {
  uint32_t user, item;
  float weight;
  int64_t time;  // microseconds
};

/// Row r has entries offsets[r] to offsets[r + 1], by ascending id.
struct Side {
  std::vector<uint64_t> offsets{0};
  std::vector<uint32_t> id{};
  std::vector<float> weight{};  // empty: all 1
  std::vector<int64_t> time{};  // empty unless asked for

  uint32_t rows() const { return static_cast<uint32_t>(offsets.size() - 1); }
  uint64_t count(uint32_t row) const { return offsets[row + size_t{1}] - offsets[row]; }
  std::span<const uint32_t> ids(uint32_t row) const { return std::span(id).subspan(offsets[row], count(row)); }
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
Interactions arrange(std::vector<Interaction> list, uint32_t users, uint32_t items, const Arrangement& wanted);

/// What each user did, newest first (ties: the lower item), cut to the newest; with all weights.
Side newest_first(std::vector<Interaction> list, uint32_t users, std::optional<uint32_t> newest_items);

/// How many of a side's rows were cut, and the side with `most` entries a row: which ones is drawn by a hash of the
/// row and the entry, the same every time.
uint64_t sample_rows(std::vector<Interaction>& list, uint32_t Interaction::* row, uint32_t Interaction::* entry,
                     uint32_t most);

}  // namespace rec::indexes
