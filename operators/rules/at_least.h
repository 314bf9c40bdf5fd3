// `at least K in first T` and `at least K in any W`: from when on only matching candidates can stand.
#pragma once

#include <cstdint>
#include <span>

#include "operators/operator.h"
#include "operators/rules/candidate_set.h"

namespace rec::operators {

/// In a window, once the positions left equal the matches still owed, every one of them must go to a match. Of all the
/// windows that hold a position and end within the page the one that ends first is the strictest (moving the end one
/// further adds a position, and at most one match to what is owed), so one counter is enough: that window's.
class AtLeast {
 public:
  /// `in_first` looks at the page's own positions: a T past its end counts as its end. A window W longer than the page
  /// never ends within it and restricts nobody. `before`: how many were shown before the page; `in_any` looks at them
  /// too.
  AtLeast(const RuleInput& rule, uint32_t candidates, uint32_t page, uint32_t before, column::Arena& arena);

  /// Who cannot stand at the next position; empty: everybody can.
  ConstCandidateSet excluded() const { return restricts() ? others_ : ConstCandidateSet{}; }
  /// `placed`: all that the rule looks at so far, the newest last.
  void place(std::span<const uint32_t> placed);

 private:
  bool restricts() const;
  bool matches(uint32_t candidate) const { return others_.empty() || !contains(others_, candidate); }

  int64_t owed_;
  bool sliding_;
  uint32_t page_;          // positions, those before the page among them where the rule looks at them
  uint32_t length_;        // of the window; 0: the rule restricts nobody
  uint32_t position_ = 1;  // the next one
  int64_t found_ = 0;      // matches among the last length_ - 1 positions; in_first: among all so far
  CandidateSet others_{};  // who does not match, and bits past the last candidate; empty: all match
};

}  // namespace rec::operators
