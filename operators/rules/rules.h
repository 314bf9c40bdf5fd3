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

/// Follows the page as it grows. A position costs nothing for a rule that restricts nobody there, and one look at each
/// candidate (at each of its groups) for one that does.
class Rules {
 public:
  /// `page`: how many positions the page has; `before`: how many were shown before it. The inputs must outlive this.
  Rules(std::span<const RuleInput> rules, uint32_t candidates, uint32_t page, uint32_t before);

  /// The candidate was shown before the page; oldest first, before anything else. `in first T` does not look at it.
  void place_before(uint32_t candidate);

  /// Clears `allowed` where a candidate cannot stand at the next position: `must` rules first, then the others, each in
  /// the order written. A rule that would leave nobody is relaxed here, which is recorded; a `must` rule ends the page:
  /// false. `excluded_by`: the rule, as written, that took `watched` out.
  bool narrow(std::vector<uint8_t>& allowed, std::vector<Relaxation>& relaxations, uint32_t watched,
              std::optional<uint32_t>& excluded_by);
  /// The candidate takes the next position.
  void place(uint32_t candidate);

 private:
  struct Rule {
    uint32_t index;  // as written
    bool must;
    bool this_page;  // looks at the page alone
    std::variant<AtMost, AtLeast> limit;
  };
  std::vector<Rule> rules_;  // in the order of application
  uint32_t position_ = 1;    // the next one
  std::vector<uint8_t> narrowed_;
};

}  // namespace rec::operators
