// Users come sorted; items by counting, as many at a time as there is room for.
#include "offline/indexes/interactions.h"

#include <algorithm>
#include <utility>

#include "offline/indexes/mix.h"

namespace rec::indexes {
namespace {

using memory::Budget;

bool by_user_and_item(const Interaction& a, const Interaction& b) {
  return a.user != b.user ? a.user < b.user : a.item < b.item;
}

bool newer(const Interaction& a, const Interaction& b) {
  return a.time != b.time ? a.time > b.time : a.item < b.item;
}

InteractionList sorted(InteractionList list) {
  if (std::ranges::is_sorted(list, by_user_and_item)) return list;
  std::vector<Interaction> all(list.begin(), list.end());
  std::ranges::sort(all, by_user_and_item);
  return all;
}

/// Calls `use` with what each user did, newest first, cut to `most`.
template <typename Use>
void each_history(const InteractionList& list, uint32_t most, Budget* budget, Use use) {
  memory::Watch watch(budget);
  std::vector<Interaction> history;
  for (const Interaction* at = list.begin(); at != list.end();) {
    const Interaction* end = at;
    while (end != list.end() && end->user == at->user) ++end;
    history.assign(at, end);
    std::ranges::sort(history, newer);
    if (history.size() > most) history.resize(most);
    use(history);
    watch.read(history.size() * sizeof(Interaction));
    at = end;
  }
}

InteractionList keep_newest(const InteractionList& list, uint32_t most, Budget* budget) {
  InteractionList kept(budget);
  each_history(list, most, budget, [&](std::vector<Interaction>& history) {
    std::ranges::sort(history, by_user_and_item);
    kept.append(history);
  });
  kept.finish();
  return kept;
}

/// Counts of rows to where each begins.
void add_up(std::vector<uint64_t>& offsets) {
  for (size_t r = 1; r < offsets.size(); ++r) offsets[r] += offsets[r - 1];
}

void finish(Side& side) {
  side.id.finish();
  side.weight.finish();
  side.time.finish();
}

Side empty_side(uint32_t rows, Budget* budget) {
  return {.offsets = std::vector<uint64_t>(rows + size_t{1}),
          .id = memory::Array<uint32_t>(budget),
          .weight = memory::Array<float>(budget),
          .time = memory::Array<int64_t>(budget)};
}

/// Entries of the rows [first, last) of the other side, put where they belong.
class Part {
 public:
  Part(const Side& from, const std::vector<uint64_t>& offsets, uint32_t first, uint32_t last)
      : from_(from),
        first_(first),
        last_(last),
        begin_(offsets[first]),
        next_(offsets.begin() + first, offsets.begin() + last),
        id_(offsets[last] - begin_),
        weight_(from.weight.empty() ? 0 : id_.size()),
        time_(from.time.empty() ? 0 : id_.size()) {}

  void fill(Budget* budget) {
    memory::Watch watch(budget);
    for (uint32_t row = 0; row < from_.rows(); ++row) {
      for (uint64_t k = from_.offsets[row]; k < from_.offsets[row + size_t{1}]; ++k) {
        const uint32_t to = from_.id[k];
        if (to < first_ || to >= last_) continue;
        const uint64_t at = next_[to - first_]++ - begin_;
        id_[at] = row;
        if (!weight_.empty()) weight_[at] = from_.weight[k];
        if (!time_.empty()) time_[at] = from_.time[k];
      }
      watch.read((from_.offsets[row + size_t{1}] - from_.offsets[row]) * sizeof(uint32_t));
    }
  }

  void move_to(Side& side) {
    const bool whole = first_ == 0 && last_ == side.rows();
    move(id_, side.id, whole);
    move(weight_, side.weight, whole);
    move(time_, side.time, whole);
  }

 private:
  template <typename T>
  static void move(std::vector<T>& from, memory::Array<T>& to, bool whole) {
    if (whole) {
      to = memory::Array<T>(std::move(from));
    } else {
      to.append(from);
    }
  }

  const Side& from_;
  const uint32_t first_, last_;
  const uint64_t begin_;
  std::vector<uint64_t> next_;
  std::vector<uint32_t> id_;
  std::vector<float> weight_;
  std::vector<int64_t> time_;
};

}  // namespace

Side arrange_users(InteractionList list, uint32_t users, const Arrangement& wanted, Budget* budget) {
  list = sorted(std::move(list));
  if (wanted.newest_items) list = keep_newest(list, *wanted.newest_items, budget);
  Side side = empty_side(users, budget);
  const bool weights = wanted.weights && std::ranges::any_of(list, [](const auto& one) { return one.weight != 1; });
  side.id.reserve(list.size());
  if (weights) side.weight.reserve(list.size());
  if (wanted.times) side.time.reserve(list.size());
  memory::Watch watch(budget);
  for (const Interaction& one : list) {
    ++side.offsets[one.user + size_t{1}];
    side.id.push_back(one.item);
    if (weights) side.weight.push_back(one.weight);
    if (wanted.times) side.time.push_back(one.time);
    watch.read(sizeof(Interaction));
  }
  add_up(side.offsets);
  finish(side);
  return side;
}

Side transpose(const Side& side, uint32_t rows, Budget* budget) {
  Side other = empty_side(rows, budget);
  for (const uint32_t id : side.id) ++other.offsets[id + size_t{1}];
  add_up(other.offsets);
  const uint64_t width =
      sizeof(uint32_t) + (side.weight.empty() ? 0 : sizeof(float)) + (side.time.empty() ? 0 : sizeof(int64_t));
  const uint64_t most = budget == nullptr ? UINT64_MAX : std::max<uint64_t>(1, budget->scratch() / width);
  for (uint32_t first = 0; first < rows;) {
    uint32_t last = first + 1;
    while (last < rows && other.offsets[last + size_t{1}] - other.offsets[first] <= most) ++last;
    Part part(side, other.offsets, first, last);
    part.fill(budget);
    part.move_to(other);
    first = last;
  }
  finish(other);
  return other;
}

Interactions arrange(InteractionList list, uint32_t users, uint32_t items, const Arrangement& wanted, Budget* budget) {
  Interactions all{.of_user = arrange_users(std::move(list), users, wanted, budget), .of_item = {}};
  all.of_item = transpose(all.of_user, items, budget);
  return all;
}

Side newest_first(const InteractionList& list, uint32_t users, std::optional<uint32_t> newest_items, Budget* budget) {
  if (!std::ranges::is_sorted(list, by_user_and_item))
    return newest_first(sorted(std::vector<Interaction>(list.begin(), list.end())), users, newest_items, budget);
  Side side = empty_side(users, budget);
  each_history(list, newest_items.value_or(UINT32_MAX), budget, [&](const std::vector<Interaction>& history) {
    side.offsets[history.front().user + size_t{1}] = history.size();
    for (const Interaction& one : history) {
      side.id.push_back(one.item);
      side.weight.push_back(one.weight);
    }
  });
  add_up(side.offsets);
  finish(side);
  return side;
}

Side sample_rows(const Side& side, uint32_t most, uint64_t& cut, Budget* budget) {
  Side out = empty_side(side.rows(), budget);
  memory::Watch watch(budget);
  std::vector<std::pair<uint64_t, uint32_t>> drawn;
  std::vector<uint32_t> kept;
  cut = 0;
  for (uint32_t row = 0; row < side.rows(); ++row) {
    const auto ids = side.ids(row);
    watch.read(ids.size_bytes());
    out.offsets[row + size_t{1}] = std::min<uint64_t>(most, ids.size());
    if (ids.size() <= most) {
      out.id.append(ids);
      continue;
    }
    ++cut;
    drawn.clear();
    for (const uint32_t id : ids) drawn.emplace_back(mix(uint64_t{row} << 32 | id), id);
    std::ranges::nth_element(drawn, drawn.begin() + most);
    kept.clear();
    for (uint32_t i = 0; i < most; ++i) kept.push_back(drawn[i].second);
    std::ranges::sort(kept);
    out.id.append(kept);
  }
  add_up(out.offsets);
  finish(out);
  return out;
}

}  // namespace rec::indexes
