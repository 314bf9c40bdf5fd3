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

AtLeast::AtLeast(const RuleInput& rule, uint32_t page, uint32_t before)
    : owed_(rule.count),
      sliding_(rule.scope == RuleInput::Scope::in_any),
      page_(sliding_ ? page + before : page),
      length_(window_length(rule, sliding_, page_)),
      matches_(rule.matches) {
  placed_.reserve(sliding_ ? page_ : 0);
}

bool AtLeast::restricts() const {
  if (position_ > page_ || length_ == 0) return false;
  if (position_ > length_ && !sliding_) return false;
  const int64_t left = position_ >= length_ ? 1 : int64_t{length_} - position_ + 1;
  const int64_t missing = owed_ - found_;
  return missing > 0 && left <= missing;
}

void AtLeast::narrow(std::span<uint8_t> allowed) const {
  if (matches_.empty()) return;
  for (size_t i = 0; i < allowed.size(); ++i) allowed[i] &= static_cast<uint8_t>(matches_[i] != 0);
}

void AtLeast::place(uint32_t candidate) {
  const uint32_t position = position_++;
  const bool match = matches(candidate);
  found_ += match ? 1 : 0;
  if (!sliding_ || length_ == 0) return;
  placed_.push_back(match ? 1 : 0);
  if (position >= length_) found_ -= placed_[position - length_];
}

}  // namespace rec::operators
