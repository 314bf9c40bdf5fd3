// `at most K in a row`, `in any W`, `in first T`: who would be one too many.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "operators/operator.h"
#include "operators/rules/groups.h"

namespace rec::operators {

/// A counter for each group: of the run that ends at the last position, of the last W − 1 positions, or of the page so
/// far. A candidate cannot stand where one of its groups has K already; one in no group always can.
class AtMost {
 public:
  AtMost(const RuleInput& rule, uint32_t candidates);

  bool restricts() const;
  void narrow(std::span<uint8_t> allowed) const;
  void place(uint32_t candidate);

 private:
  void enter(uint32_t group);
  void leave(uint32_t group);
  void no_longer_full(uint32_t group);
  void place_in_run(uint32_t candidate);

  RuleInput::Scope scope_;
  int64_t limit_;
  int64_t length_;
  Groups groups_;
  std::vector<int64_t> counts_;
  std::vector<uint32_t> full_;    // groups that have reached the limit
  std::vector<uint32_t> placed_;  // the page so far, behind what was shown before it
};

}  // namespace rec::operators
