// Orderings: keys of any ordered type as unsigned numbers, smaller first; NaN last; ties keep the present order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/types/type.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::engine {

/// The places of the `count` first of `n` values of an ordered type (bool, int, float, time, duration), in order; -0.0
/// ties with 0.0; a missing value counts as NaN. `nan` is raised by the number of NaN.
std::vector<uint32_t> first_of(const interpreter::Values& values, const types::Type& type, size_t n, bool ascending,
                               size_t count, uint64_t& nan);

}  // namespace rec::engine
