// Orderings: keys as unsigned numbers, and the selection of the first.
#include "runtime/engine/order.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rec::engine {
namespace {

constexpr uint64_t kLast = UINT64_MAX;

/// Larger floats get larger numbers.
uint32_t float_rank(float value) {
  const auto bits = std::bit_cast<uint32_t>(value + 0.0F);  // -0.0 becomes 0.0
  return (bits >> 31) != 0 ? ~bits : bits | (1U << 31);
}

uint64_t int_rank(int64_t value) {
  return static_cast<uint64_t>(value) ^ (uint64_t{1} << 63);
}

uint64_t rank_of(const interpreter::Values& values, const types::Type& type, size_t i, bool ascending) {
  switch (type.kind) {
    case types::Kind::floating: {
      const uint32_t rank = float_rank(values.as<float>()[i]);
      return ascending ? rank : ~rank;
    }
    case types::Kind::boolean:
      return values.as<uint8_t>()[i] == (ascending ? 0 : 1) ? 0 : 1;
    default: {
      const uint64_t rank = int_rank(values.as<int64_t>()[i]);
      return ascending ? rank : ~rank;
    }
  }
}

}  // namespace

std::vector<Ranked> ranked(const interpreter::Values& values, const types::Type& type, size_t n, bool ascending,
                           uint64_t& nan) {
  std::vector<Ranked> out(n);
  for (uint32_t i = 0; i < n; ++i) {
    const bool is_float = type.kind == types::Kind::floating;
    const bool last = !values.has(i) || (is_float && std::isnan(values.as<float>()[i]));
    nan += last ? 1 : 0;
    out[i] = {last ? kLast : rank_of(values, type, i, ascending), i};
  }
  return out;
}

std::vector<uint32_t> first_of(std::vector<Ranked> ranked, size_t count) {
  count = std::min(count, ranked.size());
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(count);
  // Places are part of what is compared, so no two are equal and any sort is stable.
  if (end != ranked.end()) std::nth_element(ranked.begin(), end, ranked.end());
  std::sort(ranked.begin(), end);
  std::vector<uint32_t> places(count);
  for (size_t i = 0; i < count; ++i) places[i] = ranked[i].at;
  return places;
}

}  // namespace rec::engine
