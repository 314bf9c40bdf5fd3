// `at least K`: the counter of the strictest window.
#include "operators/rules/at_least.h"

#include <algorithm>

namespace rec::operators {
namespace {

uint32_t window_length(const RuleInput& rule, bool sliding, uint32_t page) {
  if (rule.length <= 0 || (sliding && rule.length > page)) return 0;
  return static_cast<uint32_t>(std::min<int64_t>(rule.length, page));
}

}  // namespace

AtLeast::AtLeast(const RuleInput& rule, uint32_t candidates, uint32_t page, uint32_t before, column::Arena& arena)
    : owed_(rule.count),
      sliding_(rule.scope == RuleInput::Scope::in_any),
      page_(sliding_ ? page + before : page),
      length_(window_length(rule, sliding_, page_)) {
  if (rule.matches.empty()) return;
  others_ = candidates_where(rule.matches, candidates, arena);
  for (uint64_t& word : others_) word = ~word;
}

bool AtLeast::restricts() const {
  if (position_ > page_ || length_ == 0) return false;
  if (position_ > length_ && !sliding_) return false;
  const int64_t left = position_ >= length_ ? 1 : int64_t{length_} - position_ + 1;
  const int64_t missing = owed_ - found_;
  return missing > 0 && left <= missing;
}

void AtLeast::place(std::span<const uint32_t> placed) {
  const uint32_t position = position_++;
  found_ += matches(placed.back()) ? 1 : 0;
  if (sliding_ && length_ > 0 && position >= length_) found_ -= matches(placed[placed.size() - length_]) ? 1 : 0;
}

}  // namespace rec::operators
