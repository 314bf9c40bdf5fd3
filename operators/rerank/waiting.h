// Candidates that wait until a bound of their objective is reached: most never are, and cost nothing more.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <span>

#include "runtime/column/column.h"

namespace rec::operators {

/// Lets candidates in by their bounds, highest first, many at a time.
class Waiting {
 public:
  /// `most`: how many will be added.
  Waiting(size_t most, column::Arena& arena)
      : all_(arena.allocate<Entry>(most)), taken_(arena.allocate<uint32_t>(most)) {}

  /// Before any are taken. `bound`: a number.
  void add(double bound, uint32_t candidate) {
    highest_ = std::max(highest_, bound);
    all_[end_++] = {bound, candidate};
  }

  bool empty() const { return begin_ == end_; }
  /// The highest bound of those who wait.
  double highest() const { return highest_; }

  /// The next by bound, of equal ones the first candidates, and all whose bound equals that of the last: what is alike
  /// takes part from one moment on. Valid until the next call.
  std::span<const uint32_t> take() {
    assert(!empty());
    const auto waiting = all_.subspan(begin_, end_ - begin_);
    auto rest = waiting.end();
    if (waiting.size() > kTogether) {
      rest = waiting.begin() + kTogether;
      std::nth_element(waiting.begin(), rest - 1, waiting.end());
      rest = std::partition(rest, waiting.end(), [last = *(rest - 1)](Entry e) { return e.bound == last.bound; });
    }
    const auto taken = taken_.first(static_cast<size_t>(rest - waiting.begin()));
    std::transform(waiting.begin(), rest, taken.begin(), [](Entry e) { return e.candidate; });
    begin_ += taken.size();
    highest_ = -std::numeric_limits<double>::infinity();
    for (; rest != waiting.end(); ++rest) highest_ = std::max(highest_, rest->bound);
    return taken;
  }

 private:
  static constexpr size_t kTogether = 64;  // at least, where there are so many

  struct Entry {
    double bound;
    uint32_t candidate;
    bool operator<(const Entry& other) const {
      return bound != other.bound ? bound > other.bound : candidate < other.candidate;
    }
  };

  std::span<Entry> all_;
  std::span<uint32_t> taken_;
  size_t begin_ = 0, end_ = 0;  // those in between wait
  double highest_ = -std::numeric_limits<double>::infinity();
};

}  // namespace rec::operators
