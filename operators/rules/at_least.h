// `at least K in first T` and `at least K in any W`: from when on only matching candidates can stand.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "operators/operator.h"

namespace rec::operators {

/// In a window, once the positions left equal the matches still owed, every one of them must go to a match. Of all the
/// windows that hold a position and end within the page the one that ends first is the strictest (moving the end one
/// further adds a position, and at most one match to what is owed), so one counter is enough: that window's.
class AtLeast {
 public:
  /// `in_first` looks at the page's own positions: a T past its end counts as its end. A window W longer than the page
  /// never ends within it and restricts nobody. `before`: how many were shown before the page; `in_any` looks at them
  /// too.
  AtLeast(const RuleInput& rule, uint32_t page, uint32_t before);

  bool restricts() const;
  void narrow(std::span<uint8_t> allowed) const;
  void place(uint32_t candidate);

 private:
  bool matches(uint32_t candidate) const { return matches_.empty() || matches_[candidate] != 0; }

  int64_t owed_;
  bool sliding_;
  uint32_t page_;          // positions, those before the page among them where the rule looks at them
  uint32_t length_;        // of the window; 0: the rule restricts nobody
  uint32_t position_ = 1;  // the next one
  std::span<const uint8_t> matches_;
  int64_t found_ = 0;            // matches among the last length_ - 1 positions; in_first: among all so far
  std::vector<uint8_t> placed_;  // sliding: whether each position so far holds a match
};

}  // namespace rec::operators
