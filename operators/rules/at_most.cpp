// `at most K`: a counter for each group, moved as the page grows.
#include "operators/rules/at_most.h"

#include <algorithm>

namespace rec::operators {

AtMost::AtMost(const RuleInput& rule, uint32_t candidates)
    : scope_(rule.scope),
      limit_(std::max<int64_t>(rule.count, 0)),
      length_(rule.length),
      groups_(rule, candidates),
      counts_(groups_.size(), 0) {
  for (uint32_t group = 0; limit_ == 0 && group < groups_.size(); ++group) full_.push_back(group);
}

bool AtMost::restricts() const {
  if (scope_ == RuleInput::Scope::in_first && static_cast<int64_t>(placed_.size()) >= length_) return false;
  if (scope_ == RuleInput::Scope::in_any && length_ <= 0) return false;
  return !full_.empty();
}

void AtMost::narrow(std::span<uint8_t> allowed) const {
  for (const uint32_t group : full_) {
    for (const uint32_t member : groups_.members(group)) allowed[member] = 0;
  }
}

void AtMost::enter(uint32_t group) {
  if (++counts_[group] == limit_) full_.push_back(group);
}

void AtMost::leave(uint32_t group) {
  if (counts_[group]-- == limit_) no_longer_full(group);
}

/// With a limit of 0 groups are always full, and never counted down to it from above.
void AtMost::no_longer_full(uint32_t group) {
  full_.erase(std::ranges::find(full_, group));
}

void AtMost::place_in_run(uint32_t candidate) {
  const auto groups = groups_.of(candidate);
  if (!placed_.empty()) {
    for (const uint32_t group : groups_.of(placed_.back())) {
      if (std::ranges::binary_search(groups, group)) continue;
      if (counts_[group] >= limit_ && limit_ > 0) no_longer_full(group);
      counts_[group] = 0;
    }
  }
  for (const uint32_t group : groups) enter(group);
}

void AtMost::place(uint32_t candidate) {
  if (scope_ == RuleInput::Scope::in_a_row) {
    place_in_run(candidate);
  } else {
    for (const uint32_t group : groups_.of(candidate)) enter(group);
  }
  placed_.push_back(candidate);
  const auto placed = static_cast<int64_t>(placed_.size());
  if (scope_ == RuleInput::Scope::in_any && length_ >= 1 && placed >= length_) {
    for (const uint32_t group : groups_.of(placed_[static_cast<size_t>(placed - length_)])) leave(group);
  }
}

}  // namespace rec::operators
