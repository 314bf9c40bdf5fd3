// Somebody who does a work, ready to be timed; and how close its outputs have to be to Rec's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bench/native/works.h"
#include "bench/native/world.h"

namespace rec::bench {

struct Contender {
  std::string who;
  std::function<void()> run{};
  /// Of the last run; empty vectors where nobody is to look at them.
  std::function<Outputs()> outputs{};
  /// Distance that a value may have from Rec's, in units of its last place; 0: the same operations, the same bits. A
  /// best row may be another where the values are as close.
  uint32_t ulps = 0;
  /// CPU seconds of so many runs: of another process, of other threads, or without what is made ready between them.
  /// Empty: this thread's around `run`.
  std::function<double(size_t runs)> seconds{};
};

/// Why somebody does not take part, and how that is changed.
struct Absent {
  std::string who, why;
};
using Entry = std::variant<Contender, Absent>;

/// The first `candidates` rows of the world's table, for a work.
struct Task {
  World& world;
  const Work& work;
  size_t candidates;
};

}  // namespace rec::bench
