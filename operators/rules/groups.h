// In which groups each candidate counts for an `at most` rule, as dense numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "operators/operator.h"

namespace rec::operators {

/// Without `by` there is one group, of all that match. With it a candidate that matches counts once in each of its
/// values.
class Groups {
 public:
  Groups(const RuleInput& rule, uint32_t candidates);

  uint32_t size() const { return size_; }
  std::span<const uint32_t> of(uint32_t candidate) const {
    return std::span(numbers_).subspan(starts_[candidate], starts_[candidate + 1] - starts_[candidate]);
  }

 private:
  uint32_t size_ = 0;
  std::vector<uint32_t> starts_;  // candidates + 1
  std::vector<uint32_t> numbers_;
};

}  // namespace rec::operators
