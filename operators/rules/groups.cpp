// Numbers the groups of an `at most` rule in the order in which candidates bring them.
#include "operators/rules/groups.h"

#include <algorithm>
#include <bit>

namespace rec::operators {
namespace {

/// Numbers for values, from 0: open addressing with room for all that will come.
class Numbers {
 public:
  Numbers(size_t room, column::Arena& arena)
      : slots_(arena.allocate<uint32_t>(std::bit_ceil(2 * room + 2))),
        shift_(std::countl_zero(uint64_t{slots_.size() - 1})),
        values_(arena.allocate<int64_t>(room)) {
    std::ranges::fill(slots_, 0U);
  }
  uint32_t of(int64_t value) {
    for (size_t at = static_cast<size_t>((static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15ULL) >> shift_);;
         at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == 0) {
        values_[size_] = value;
        slots_[at] = ++size_;
        return size_ - 1;
      }
      if (values_[slots_[at] - 1] == value) return slots_[at] - 1;
    }
  }
  uint32_t size() const { return size_; }

 private:
  std::span<uint32_t> slots_;  // number + 1; 0 is empty
  int shift_;
  std::span<int64_t> values_;
  uint32_t size_ = 0;
};

}  // namespace

Groups::Groups(const RuleInput& rule, uint32_t candidates, column::Arena& arena)
    : starts_(arena.allocate<uint32_t>(candidates + size_t{1})) {
  size_t room = 0;
  for (uint32_t candidate = 0; candidate < candidates; ++candidate) room += rule.groups[candidate].size;
  for (auto* part : {&numbers_, &candidate_of_, &last_, &previous_}) *part = arena.allocate<uint32_t>(room);
  std::ranges::fill(last_, kNone);
  Numbers numbers(room, arena);
  uint32_t end = 0;
  for (uint32_t candidate = 0; candidate < candidates; ++candidate) {
    const uint32_t begin = starts_[candidate] = end;
    if (!rule.matches.empty() && rule.matches[candidate] == 0) continue;
    for (const int64_t value : rule.groups[candidate].as<int64_t>()) {
      const uint32_t group = numbers.of(value);
      // Its entries are the newest of all: one that the group has already is its last.
      if (last_[group] != kNone && last_[group] >= begin) continue;
      numbers_[end] = group;
      candidate_of_[end] = candidate;
      previous_[end] = last_[group];
      last_[group] = end++;
    }
  }
  starts_[candidates] = end;
  size_ = numbers.size();
}

}  // namespace rec::operators
