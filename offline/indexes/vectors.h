// Vectors of items as they go into an index.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rec::indexes {

/// `dimension` floats a vector; rows ascend.
struct VectorSet {
  uint32_t dimension = 0;
  std::vector<uint32_t> row{};
  std::vector<float> vectors{};
};

/// Of each vector its place in an index before; kNoPlace: it was not there, or another.
inline constexpr uint32_t kNoPlace = UINT32_MAX;
using Places = std::vector<uint32_t>;

/// Of `values`, a vector a row, those that are there (`present` empty: all), are finite and, where zero is no vector,
/// not all zeros.
VectorSet gather_vectors(std::span<const float> values, uint32_t dimension, std::span<const uint8_t> present,
                         bool without_zeros);

/// The lengths that a tenth of the vectors are below, and above.
struct Lengths {
  double shorter = 0, longer = 0;
};
Lengths length_deciles(const VectorSet& set);

/// Divides each vector by its length.
void normalise(VectorSet& set);

}  // namespace rec::indexes
