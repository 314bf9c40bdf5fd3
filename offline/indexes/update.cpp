// Comparing two arrangements, and carrying rows over to other numbers.
#include "offline/indexes/update.h"

#include <algorithm>

namespace rec::indexes {
namespace {

/// One user's entries before and now.
class Comparison {
 public:
  Comparison(const Side& before, const Side& now, uint32_t items)
      : before_(before), now_(now), item_changed_(items), growth_(items) {}

  void user(uint32_t user) {
    uint64_t a = 0, a_end = 0, b = now_.offsets[user];
    const uint64_t b_end = now_.offsets[user + size_t{1}];
    if (user < before_.rows()) a = before_.offsets[user], a_end = before_.offsets[user + size_t{1}];
    if (a_end - a != b_end - b) changes_.resized_users.push_back(user);
    bool changed = false;
    while (a < a_end || b < b_end) {
      const bool gone = b == b_end || (a < a_end && before_.id[a] < now_.id[b]);
      const bool came = !gone && (a == a_end || now_.id[b] < before_.id[a]);
      if (gone || came || !same(a, b)) {
        changed = true;
        const uint32_t item = gone ? before_.id[a] : now_.id[b];
        item_changed_[item] = 1;
        growth_[item] += came ? 1 : gone ? -1 : 0;
      }
      a += came ? 0 : 1;
      b += gone ? 0 : 1;
    }
    if (changed) changes_.users.push_back(user);
  }

  Changes finish() {
    for (uint32_t item = 0; item < item_changed_.size(); ++item) {
      if (item_changed_[item] != 0) changes_.items.push_back(item);
      if (growth_[item] != 0) changes_.resized_items.push_back(item);
    }
    return std::move(changes_);
  }

 private:
  bool same(uint64_t a, uint64_t b) const {
    return before_.weight_at(a) == now_.weight_at(b) && (now_.time.empty() || before_.time[a] == now_.time[b]);
  }

  const Side& before_;
  const Side& now_;
  std::vector<uint8_t> item_changed_;
  std::vector<int64_t> growth_;
  Changes changes_{};
};

/// Offsets of rows that have moved; those that are new are empty.
std::vector<uint64_t> spread(const std::vector<uint64_t>& offsets, std::span<const uint32_t> rows, uint32_t row_count) {
  std::vector<uint64_t> out(row_count + size_t{1});
  for (size_t row = 0; row + 1 < offsets.size(); ++row) {
    out[(rows.empty() ? row : rows[row]) + 1] = offsets[row + 1] - offsets[row];
  }
  for (size_t row = 0; row < row_count; ++row) out[row + 1] += out[row];
  return out;
}

memory::Array<uint32_t> renamed(const memory::Array<uint32_t>& ids, std::span<const uint32_t> names) {
  std::vector<uint32_t> out(ids.size());
  std::ranges::transform(ids, out.begin(), [&](uint32_t id) { return names[id]; });
  return out;
}

/// Elements `begin` to `end` of an array.
template <typename T>
std::span<const T> part(const memory::Array<T>& array, uint64_t begin, uint64_t end) {
  return {array.data() + begin, end - begin};
}

}  // namespace

Changes compare(const Side& before, const Side& now, uint32_t items) {
  Comparison comparison(before, now, items);
  for (uint32_t user = 0; user < now.rows(); ++user) comparison.user(user);
  return comparison.finish();
}

void add_entries(std::vector<uint32_t>& rows, const Side& side, std::span<const uint32_t> which) {
  for (const uint32_t one : which) {
    const auto ids = one < side.rows() ? side.ids(one) : std::span<const uint32_t>{};
    rows.insert(rows.end(), ids.begin(), ids.end());
  }
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
}

Side renumber(Side side, std::span<const uint32_t> rows, std::span<const uint32_t> ids, uint32_t row_count) {
  side.offsets = spread(side.offsets, rows, row_count);
  if (!ids.empty()) side.id = renamed(side.id, ids);
  return side;
}

Side replace_rows(const Side& before, const std::vector<uint8_t>& flagged, const Side& with, memory::Budget* budget) {
  Side out{.offsets = {0},
           .id = memory::Array<uint32_t>(budget),
           .weight = memory::Array<float>(budget),
           .time = memory::Array<int64_t>(budget)};
  const bool weights = !before.weight.empty() || !with.weight.empty(), times = !with.time.empty();
  for (uint32_t row = 0; row < with.rows(); ++row) {
    const Side& from = flagged[row] != 0 ? with : before;
    if (row < from.rows()) {
      const uint64_t begin = from.offsets[row], end = from.offsets[row + size_t{1}];
      out.id.append(part(from.id, begin, end));
      if (weights && !from.weight.empty()) out.weight.append(part(from.weight, begin, end));
      for (uint64_t at = begin; weights && from.weight.empty() && at < end; ++at) out.weight.push_back(1);
      if (times && begin < end) out.time.append(part(from.time, begin, end));
    }
    out.offsets.push_back(out.id.size());
  }
  out.id.finish();
  out.weight.finish();
  out.time.finish();
  return out;
}

Interactions replace_users(const Side& before, const std::vector<uint8_t>& flagged, const Side& with, uint32_t items,
                           memory::Budget* budget) {
  Interactions out;
  out.of_user = replace_rows(before, flagged, with, budget);
  out.of_item = transpose(out.of_user, items, budget);
  return out;
}

NeighbourLists renumber(NeighbourLists lists, std::span<const uint32_t> rows, uint32_t row_count) {
  lists.offsets = spread(lists.offsets, rows, row_count);
  if (!rows.empty()) lists.neighbour = renamed(lists.neighbour, rows);
  return lists;
}

}  // namespace rec::indexes
