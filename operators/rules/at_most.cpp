// `at most K`: counters, moved as the page grows, and with them the set of whom they exclude.
#include "operators/rules/at_most.h"

#include <algorithm>

namespace rec::operators {

bool Counted::holds() const {
  if (scope_ == RuleInput::Scope::in_first) return position_ <= length_;
  return scope_ != RuleInput::Scope::in_any || length_ > 0;
}

const uint32_t* Counted::leaves(std::span<const uint32_t> placed) const {
  const bool slides = scope_ == RuleInput::Scope::in_any && length_ >= 1;
  if (!slides || static_cast<int64_t>(placed.size()) < length_) return nullptr;
  return &placed[placed.size() - static_cast<size_t>(length_)];
}

AtMost::AtMost(const RuleInput& rule, uint32_t candidates, column::Arena& arena)
    : counted_(rule),
      limit_(std::max<int64_t>(rule.count, 0)),
      matches_(candidates_where(rule.matches, candidates, arena)) {}

ConstCandidateSet AtMost::excluded() const {
  return count_ >= limit_ && counted_.holds() ? matches_ : ConstCandidateSet{};
}

void AtMost::place(std::span<const uint32_t> placed) {
  const bool match = contains(matches_, placed.back());
  if (counted_.is_run() && !match) count_ = 0;
  count_ += match ? 1 : 0;
  if (const uint32_t* gone = counted_.leaves(placed)) count_ -= contains(matches_, *gone) ? 1 : 0;
  counted_.place();
}

AtMostByGroup::AtMostByGroup(const RuleInput& rule, uint32_t candidates, column::Arena& arena)
    : counted_(rule),
      limit_(std::max<int64_t>(rule.count, 0)),
      groups_(rule, candidates, arena),
      counts_(arena.allocate<int64_t>(groups_.size())),
      excluded_(no_candidates(candidates, arena)) {
  std::ranges::fill(counts_, 0);
  for (uint32_t group = 0; limit_ == 0 && group < groups_.size(); ++group) fill_up(group);
}

ConstCandidateSet AtMostByGroup::excluded() const {
  return full_ > 0 && counted_.holds() ? excluded_ : ConstCandidateSet{};
}

void AtMostByGroup::fill_up(uint32_t group) {
  ++full_;
  groups_.for_members(group, [&](uint32_t member) { insert(excluded_, member); });
}

/// The group is not full any more; its members can stand where no other of their groups is.
void AtMostByGroup::open(uint32_t group) {
  --full_;
  groups_.for_members(group, [&](uint32_t member) {
    if (std::ranges::none_of(groups_.of(member), [&](uint32_t other) { return is_full(other); }))
      erase(excluded_, member);
  });
}

/// With a limit of 0 groups are always full, and never counted up to it or down from it.
void AtMostByGroup::enter(uint32_t group) {
  if (++counts_[group] == limit_) fill_up(group);
}

void AtMostByGroup::leave(uint32_t group) {
  if (counts_[group]-- == limit_) open(group);
}

/// The runs that end with `last`, which `candidate` does not go on with.
void AtMostByGroup::end_runs(uint32_t last, uint32_t candidate) {
  const auto goes_on = groups_.of(candidate);
  for (const uint32_t group : groups_.of(last)) {
    if (std::ranges::find(goes_on, group) != goes_on.end()) continue;
    const bool opens = limit_ > 0 && is_full(group);
    counts_[group] = 0;
    if (opens) open(group);
  }
}

void AtMostByGroup::place(std::span<const uint32_t> placed) {
  if (counted_.is_run() && placed.size() > 1) end_runs(placed[placed.size() - 2], placed.back());
  for (const uint32_t group : groups_.of(placed.back())) enter(group);
  if (const uint32_t* gone = counted_.leaves(placed)) {
    for (const uint32_t group : groups_.of(*gone)) leave(group);
  }
  counted_.place();
}

}  // namespace rec::operators
