// Gathering and normalising.
#include "offline/indexes/vectors.h"

#include <algorithm>
#include <cmath>

namespace rec::indexes {
namespace {

double length_of(std::span<const float> vector) {
  double squared = 0;
  for (const float value : vector) squared += double{value} * value;
  return std::sqrt(squared);
}

}  // namespace

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

Lengths length_deciles(const VectorSet& set) {
  std::vector<double> lengths;
  for (size_t at = 0; at < set.row.size(); ++at)
    lengths.push_back(length_of(std::span(set.vectors).subspan(at * set.dimension, set.dimension)));
  if (lengths.empty()) return {};
  std::ranges::sort(lengths);
  return {.shorter = lengths[lengths.size() / 10], .longer = lengths[lengths.size() - 1 - lengths.size() / 10]};
}

void normalise(VectorSet& set) {
  for (size_t at = 0; at < set.row.size(); ++at) {
    const auto vector = std::span(set.vectors).subspan(at * set.dimension, set.dimension);
    const double length = length_of(vector);
    for (float& value : vector) value = static_cast<float>(value / length);
  }
}

}  // namespace rec::indexes
