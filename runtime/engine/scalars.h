// Scalar values as 64-bit numbers that are equal where the values are: what `per`, `by` and similarities group by.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/types/type.h"
#include "runtime/column/column.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::engine {

/// The i-th of values whose physical type is that of `kind`, a scalar. -0.0 is 0.0, and all NaN are one.
int64_t scalar(const void* data, types::Kind kind, size_t i);

/// Each of `n` values as a list of numbers: a list's elements, a scalar alone, nothing for a missing one.
/// `as_sets`: ascending, each once.
std::span<const column::ListRef> number_lists(const interpreter::Values& values, const types::Type& type, size_t n,
                                              bool as_sets, column::Arena& arena);

}  // namespace rec::engine
