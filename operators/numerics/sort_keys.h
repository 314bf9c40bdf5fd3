// Sorting keys by themselves.
#pragma once

#include <cstdint>
#include <span>

namespace rec::numerics {

/// Ascending. No branch depends on how a few hundred lie.
void sort_keys(std::span<uint64_t> keys);

}  // namespace rec::numerics
