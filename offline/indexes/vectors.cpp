// Gathering and normalising.
#include "offline/indexes/vectors.h"

#include <algorithm>
#include <cmath>

namespace rec::indexes {

VectorSet gather_vectors(std::span<const float> values, uint32_t dimension, std::span<const uint8_t> present,
                         bool without_zeros) {
  VectorSet set{.dimension = dimension};
  for (size_t row = 0; row < values.size() / dimension; ++row) {
    const auto vector = values.subspan(row * dimension, dimension);
    if (!present.empty() && present[row] == 0) continue;
    if (!std::ranges::all_of(vector, [](float value) { return std::isfinite(value); })) continue;
    if (without_zeros && std::ranges::all_of(vector, [](float value) { return value == 0; })) continue;
    set.row.push_back(static_cast<uint32_t>(row));
    set.vectors.insert(set.vectors.end(), vector.begin(), vector.end());
  }
  return set;
}

void normalise(VectorSet& set) {
  for (size_t at = 0; at < set.row.size(); ++at) {
    const auto vector = std::span(set.vectors).subspan(at * set.dimension, set.dimension);
    double squared = 0;
    for (const float value : vector) squared += double{value} * value;
    const double length = std::sqrt(squared);
    for (float& value : vector) value = static_cast<float>(value / length);
  }
}

}  // namespace rec::indexes
