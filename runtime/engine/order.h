// Orderings: keys of any ordered type as unsigned numbers, smaller first; NaN last; ties keep the present order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/types/type.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::engine {

/// A candidate to be ordered: its key, and where it stands now.
struct Ranked {
  uint64_t key;
  uint32_t at;
  friend auto operator<=>(const Ranked&, const Ranked&) = default;
};

/// Keys of `n` values of an ordered type (bool, int, float, time, duration); -0.0 ties with 0.0; a missing value counts
/// as NaN. `nan` is raised by the number of NaN.
std::vector<Ranked> ranked(const interpreter::Values& values, const types::Type& type, size_t n, bool ascending,
                           uint64_t& nan);

/// The places of the `count` first, in order.
std::vector<uint32_t> first_of(std::vector<Ranked> ranked, size_t count);

}  // namespace rec::engine
