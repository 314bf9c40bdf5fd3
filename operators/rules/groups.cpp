// Numbers the groups of an `at most` rule in the order in which candidates bring them.
#include "operators/rules/groups.h"

#include <algorithm>
#include <unordered_map>

namespace rec::operators {

Groups::Groups(const RuleInput& rule, uint32_t candidates) {
  starts_.reserve(candidates + size_t{1});
  starts_.push_back(0);
  std::unordered_map<int64_t, uint32_t> by_value;
  if (!rule.grouped) size_ = 1;
  for (uint32_t candidate = 0; candidate < candidates; ++candidate) {
    const auto first = static_cast<std::ptrdiff_t>(numbers_.size());
    const bool matches = rule.matches.empty() || rule.matches[candidate] != 0;
    if (matches && !rule.grouped) numbers_.push_back(0);
    if (matches && rule.grouped) {
      for (const int64_t value : rule.groups[candidate].as<int64_t>()) {
        const auto [found, is_new] = by_value.try_emplace(value, size_);
        size_ += is_new ? 1 : 0;
        numbers_.push_back(found->second);
      }
      std::sort(numbers_.begin() + first, numbers_.end());
      numbers_.erase(std::unique(numbers_.begin() + first, numbers_.end()), numbers_.end());
    }
    starts_.push_back(static_cast<uint32_t>(numbers_.size()));
  }
}

}  // namespace rec::operators
