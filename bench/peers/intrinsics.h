// The filter with the best three hundred by hand, in AVX-512: what native code has to stand beside.
#pragma once

#include "bench/peers/columns.h"

namespace rec::bench::intrinsics {

/// Whether this CPU and this build have what it takes.
bool usable();

/// A set of codes below 512, one bit each.
struct CodeSet {
  alignas(64) uint32_t bits[16] = {};
};

/// In order; how many there are. Conditions first, then the value of what passes.
size_t filter(const Columns&, const Question&, const CodeSet& categories, size_t n, uint32_t* best);
/// The value first, and the conditions only of what is above the best so far.
size_t filter_by_value(const Columns&, const Question&, const CodeSet& categories, size_t n, uint32_t* best);

}  // namespace rec::bench::intrinsics
