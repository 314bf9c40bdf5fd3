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
  /// Ascending.
  std::span<const uint32_t> of(uint32_t candidate) const { return part(numbers_, starts_, candidate); }
  std::span<const uint32_t> members(uint32_t group) const { return part(members_, ends_, group); }

 private:
  static std::span<const uint32_t> part(const std::vector<uint32_t>& all, const std::vector<uint32_t>& bounds,
                                        uint32_t i) {
    return std::span(all).subspan(bounds[i], bounds[i + 1] - bounds[i]);
  }
  void number_values(const RuleInput& rule, uint32_t candidates);
  void gather_members();

  uint32_t size_ = 0;
  std::vector<uint32_t> starts_;  // candidates + 1
  std::vector<uint32_t> numbers_;
  std::vector<uint32_t> ends_;  // size + 1
  std::vector<uint32_t> members_;
};

}  // namespace rec::operators
