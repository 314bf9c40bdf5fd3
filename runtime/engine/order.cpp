// Orderings: keys as unsigned numbers, and the selection of the first.
#include "runtime/engine/order.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "operators/numerics/first_keys.h"

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

/// Smaller is earlier; kLast for what comes last.
std::vector<uint64_t> ranks_of(const interpreter::Values& values, const types::Type& type, size_t n, bool ascending) {
  std::vector<uint64_t> out(n);
  switch (type.kind) {
    case types::Kind::floating: {
      const auto* floats = values.as<float>();
      const uint32_t turned = ascending ? 0 : UINT32_MAX;
      for (size_t i = 0; i < n; ++i) out[i] = std::isnan(floats[i]) ? kLast : float_rank(floats[i]) ^ turned;
      break;
    }
    case types::Kind::boolean:
      for (size_t i = 0; i < n; ++i) out[i] = values.as<uint8_t>()[i] == (ascending ? 0 : 1) ? 0 : 1;
      break;
    default: {
      const uint64_t turned = ascending ? 0 : UINT64_MAX;
      for (size_t i = 0; i < n; ++i) out[i] = int_rank(values.as<int64_t>()[i]) ^ turned;
      break;
    }
  }
  for (size_t i = 0; values.present != nullptr && i < n; ++i) {
    if (values.present[i] == 0) out[i] = kLast;
  }
  return out;
}

/// Ranks and places in one number each, where their bits fit: no two are equal, and any sort is stable.
std::optional<std::vector<uint32_t>> first_packed(const std::vector<uint64_t>& ranks, size_t count) {
  uint64_t low = kLast, high = 0;
  for (const uint64_t rank : ranks) {
    low = std::min(low, rank);
    high = std::max(high, rank == kLast ? 0 : rank);
  }
  if (low == kLast) return std::nullopt;  // all come last
  const auto bits = static_cast<int>(std::bit_width(ranks.size()));
  const uint64_t last = high - low + 1;
  if (static_cast<int>(std::bit_width(last)) + bits > 64) return std::nullopt;
  std::vector<uint64_t> keys(ranks.size());
  for (size_t i = 0; i < keys.size(); ++i) keys[i] = (ranks[i] == kLast ? last : ranks[i] - low) << bits | i;
  numerics::first_keys(std::span(keys), count);
  std::vector<uint32_t> places(count);
  for (size_t i = 0; i < count; ++i) places[i] = static_cast<uint32_t>(keys[i] & ((uint64_t{1} << bits) - 1));
  return places;
}

}  // namespace

std::vector<uint32_t> first_of(const interpreter::Values& values, const types::Type& type, size_t n, bool ascending,
                               size_t count, uint64_t& nan) {
  const std::vector<uint64_t> ranks = ranks_of(values, type, n, ascending);
  for (size_t i = 0; i < n; ++i) {
    const bool is_nan = type.kind == types::Kind::floating && std::isnan(values.as<float>()[i]);
    nan += is_nan || !values.has(i) ? 1 : 0;
  }
  count = std::min(count, n);
  if (auto places = first_packed(ranks, count)) return std::move(*places);
  std::vector<std::pair<uint64_t, uint32_t>> pairs(n);
  for (uint32_t i = 0; i < n; ++i) pairs[i] = {ranks[i], i};
  numerics::first_keys(std::span(pairs), count);
  std::vector<uint32_t> places(count);
  for (size_t i = 0; i < count; ++i) places[i] = pairs[i].second;
  return places;
}

}  // namespace rec::engine
