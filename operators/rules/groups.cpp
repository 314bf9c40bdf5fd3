// Numbers the groups of an `at most` rule in the order in which candidates bring them.
#include "operators/rules/groups.h"

#include <algorithm>
#include <bit>

namespace rec::operators {
namespace {

/// Numbers for values, from 0: open addressing with room for all that will come.
class Numbers {
 public:
  explicit Numbers(size_t room) : slots_(std::bit_ceil(2 * room + 2)), shift_(std::countl_zero(slots_.size() - 1)) {
    values_.reserve(room);
  }
  uint32_t of(int64_t value) {
    for (size_t at = static_cast<size_t>((static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15ULL) >> shift_);;
         at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == 0) {
        values_.push_back(value);
        slots_[at] = static_cast<uint32_t>(values_.size());
        return slots_[at] - 1;
      }
      if (values_[slots_[at] - 1] == value) return slots_[at] - 1;
    }
  }
  uint32_t size() const { return static_cast<uint32_t>(values_.size()); }

 private:
  std::vector<uint32_t> slots_;  // number + 1; 0 is empty
  int shift_;
  std::vector<int64_t> values_;
};

}  // namespace

Groups::Groups(const RuleInput& rule, uint32_t candidates) {
  starts_.reserve(candidates + size_t{1});
  starts_.push_back(0);
  if (rule.grouped) {
    number_values(rule, candidates);
  } else {
    size_ = 1;
    for (uint32_t candidate = 0; candidate < candidates; ++candidate) {
      if (rule.matches.empty() || rule.matches[candidate] != 0) numbers_.push_back(0);
      starts_.push_back(static_cast<uint32_t>(numbers_.size()));
    }
  }
  gather_members();
}

void Groups::number_values(const RuleInput& rule, uint32_t candidates) {
  size_t room = 0;
  for (uint32_t candidate = 0; candidate < candidates; ++candidate) room += rule.groups[candidate].size;
  Numbers numbers(room);
  numbers_.reserve(room);
  for (uint32_t candidate = 0; candidate < candidates; ++candidate) {
    const auto first = static_cast<std::ptrdiff_t>(numbers_.size());
    if (rule.matches.empty() || rule.matches[candidate] != 0) {
      for (const int64_t value : rule.groups[candidate].as<int64_t>()) numbers_.push_back(numbers.of(value));
      if (rule.groups[candidate].size > 1) {
        std::sort(numbers_.begin() + first, numbers_.end());
        numbers_.erase(std::unique(numbers_.begin() + first, numbers_.end()), numbers_.end());
      }
    }
    starts_.push_back(static_cast<uint32_t>(numbers_.size()));
  }
  size_ = numbers.size();
}

void Groups::gather_members() {
  ends_.assign(size_ + size_t{1}, 0);
  for (const uint32_t group : numbers_) ++ends_[group + size_t{1}];
  for (size_t group = 1; group < ends_.size(); ++group) ends_[group] += ends_[group - 1];
  members_.resize(numbers_.size());
  std::vector<uint32_t> next(ends_.begin(), ends_.end() - 1);
  for (uint32_t candidate = 0; candidate + size_t{1} < starts_.size(); ++candidate) {
    for (const uint32_t group : of(candidate)) members_[next[group]++] = candidate;
  }
}

}  // namespace rec::operators
