// Counting sort by user and by item.
#include "offline/indexes/interactions.h"

#include <algorithm>
#include <utility>

#include "offline/indexes/mix.h"

namespace rec::indexes {
namespace {

void keep_newest(std::vector<Interaction>& list, uint32_t most) {
  std::ranges::sort(list, [](const Interaction& a, const Interaction& b) {
    return a.user != b.user ? a.user < b.user : a.time != b.time ? a.time > b.time : a.item < b.item;
  });
  uint32_t user = 0, seen = 0;
  std::erase_if(list, [&](const Interaction& one) {
    seen = one.user == user ? seen + 1 : 1;
    user = one.user;
    return seen > most;
  });
}

/// Rows keep the order of the list.
Side compress(const std::vector<Interaction>& list, uint32_t rows, uint32_t Interaction::* row,
              uint32_t Interaction::* entry, const Arrangement& wanted) {
  Side side;
  side.offsets.assign(rows + size_t{1}, 0);
  side.id.resize(list.size());
  const bool weights = wanted.weights && std::ranges::any_of(list, [](const auto& one) { return one.weight != 1; });
  if (weights) side.weight.resize(list.size());
  if (wanted.times) side.time.resize(list.size());
  for (const Interaction& one : list) ++side.offsets[one.*row + size_t{1}];
  for (size_t r = 0; r < rows; ++r) side.offsets[r + 1] += side.offsets[r];
  std::vector<uint64_t> next(side.offsets.begin(), side.offsets.end() - 1);
  for (const Interaction& one : list) {
    const uint64_t at = next[one.*row]++;
    side.id[at] = one.*entry;
    if (weights) side.weight[at] = one.weight;
    if (wanted.times) side.time[at] = one.time;
  }
  return side;
}

}  // namespace

Interactions arrange(std::vector<Interaction> list, uint32_t users, uint32_t items, const Arrangement& wanted) {
  if (wanted.newest_items) keep_newest(list, *wanted.newest_items);
  const auto by_user = [](const Interaction& a, const Interaction& b) {
    return a.user != b.user ? a.user < b.user : a.item < b.item;
  };
  if (!std::ranges::is_sorted(list, by_user)) std::ranges::sort(list, by_user);
  return {.of_user = compress(list, users, &Interaction::user, &Interaction::item, wanted),
          .of_item = compress(list, items, &Interaction::item, &Interaction::user, wanted)};
}

Side newest_first(std::vector<Interaction> list, uint32_t users, std::optional<uint32_t> newest_items) {
  keep_newest(list, newest_items.value_or(UINT32_MAX));
  Side side = compress(list, users, &Interaction::user, &Interaction::item, {.weights = false});
  side.weight.reserve(list.size());
  for (const Interaction& one : list) side.weight.push_back(one.weight);
  return side;
}

uint64_t sample_rows(std::vector<Interaction>& list, uint32_t Interaction::* row, uint32_t Interaction::* entry,
                     uint32_t most) {
  const auto draw = [&](const Interaction& one) { return mix(uint64_t{one.*row} << 32 | one.*entry); };
  std::ranges::sort(list, [&](const Interaction& a, const Interaction& b) {
    return a.*row != b.*row ? a.*row < b.*row : std::pair(draw(a), a.*entry) < std::pair(draw(b), b.*entry);
  });
  uint64_t cut = 0;
  uint32_t current = 0, seen = 0;
  std::erase_if(list, [&](const Interaction& one) {
    seen = one.*row == current ? seen + 1 : 1;
    current = one.*row;
    cut += seen == most + 1 ? 1 : 0;
    return seen > most;
  });
  return cut;
}

}  // namespace rec::indexes
