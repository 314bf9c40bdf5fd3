// The rules of a page: which candidates can stand at the next position (language.md, section 7; algorithms.md,
// "Rules").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "operators/operator.h"
#include "operators/rules/at_least.h"
#include "operators/rules/at_most.h"

namespace rec::operators {

/// Follows the page as it grows. Each rule keeps the set of those that it excludes: a position costs nothing for one
/// that restricts nobody there, and a pass over the words of two sets for one that does.
class Rules {
 public:
  /// `page`: how many positions the page has; `before`: how many were shown before it. What `arena` gives must outlive
  /// this.
  Rules(std::span<const RuleInput> rules, uint32_t candidates, uint32_t page, uint32_t before, column::Arena& arena);

  /// The candidate was shown before the page; oldest first, before anything else. `in first T` does not look at it.
  void place_before(uint32_t candidate);

  /// Takes those out of `allowed` that cannot stand at the next position: `must` rules first, then the others, each in
  /// the order written. A rule that would leave nobody is relaxed here, which is recorded; a `must` rule ends the page:
  /// false. `excluded_by`: the rule, as written, that took `watched` out, if it is a candidate.
  bool narrow(CandidateSet allowed, std::vector<Relaxation>& relaxations, std::optional<uint32_t> watched,
              std::optional<uint32_t>& excluded_by) const;
  /// The candidate takes the next position.
  void place(uint32_t candidate);

 private:
  using Limit = std::variant<AtMost, AtMostByGroup, AtLeast>;
  struct Rule {
    uint32_t index;  // as written
    bool must;
    bool this_page;  // looks at the page alone
    Limit limit;
  };
  static Limit limit_of(const RuleInput& rule, uint32_t candidates, uint32_t page, uint32_t before,
                        column::Arena& arena);

  std::vector<Rule> rules_;     // in the order of application
  uint32_t position_ = 1;       // the next one
  std::span<uint32_t> placed_;  // in the order of their placing: the first placed_count_ of them
  size_t placed_count_ = 0;
};

}  // namespace rec::operators
