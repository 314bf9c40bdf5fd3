// In which groups each candidate counts for an `at most` rule with `by`, as dense numbers.
#pragma once

#include <cstdint>
#include <span>

#include "operators/operator.h"

namespace rec::operators {

/// A candidate that matches counts once in each of its values.
class Groups {
 public:
  Groups(const RuleInput& rule, uint32_t candidates, column::Arena& arena);

  uint32_t size() const { return size_; }
  std::span<const uint32_t> of(uint32_t candidate) const {
    return std::span(numbers_).subspan(starts_[candidate], starts_[candidate + 1] - starts_[candidate]);
  }
  /// Calls visit(candidate) for each member, in no order.
  template <typename Visit>
  void for_members(uint32_t group, Visit visit) const {
    for (uint32_t entry = last_[group]; entry != kNone; entry = previous_[entry]) visit(candidate_of_[entry]);
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t size_ = 0;
  std::span<uint32_t> starts_;                  // candidates + 1
  std::span<uint32_t> numbers_, candidate_of_;  // one an entry: a group of a candidate
  std::span<uint32_t> last_, previous_;         // the last entry of a group, and the one of the same group before
};

}  // namespace rec::operators
