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

/// `key_of(i)` for each that has a value for which `stands(i)`; the others are last.
template <typename Stands, typename Key>
std::vector<Ranked> rank_all(const interpreter::Values& values, size_t n, uint64_t& nan, Stands stands, Key key_of) {
  std::vector<Ranked> out(n);
  for (uint32_t i = 0; i < n; ++i) {
    const bool last = !values.has(i) || !stands(i);
    nan += last ? 1 : 0;
    out[i] = {last ? kLast : key_of(i), i};
  }
  return out;
}

/// Brings the `count` least to the front. What is not below the worst of them so far is passed over: where `count` is
/// small against the whole, little is moved.
void select(std::vector<Ranked>& ranked, size_t count) {
  const auto begin = ranked.begin(), last = begin + static_cast<std::ptrdiff_t>(count - 1);
  const size_t room = 2 * count;
  size_t kept = 0;
  Ranked bound{.key = kLast, .at = UINT32_MAX};
  for (size_t i = 0; i < ranked.size(); ++i) {
    const Ranked one = ranked[i];
    if (one > bound) continue;
    ranked[kept++] = one;
    if (kept < room) continue;
    std::nth_element(begin, last, begin + static_cast<std::ptrdiff_t>(kept));
    bound = *last;
    kept = count;
  }
  std::nth_element(begin, last, begin + static_cast<std::ptrdiff_t>(kept));
}

}  // namespace

std::vector<Ranked> ranked(const interpreter::Values& values, const types::Type& type, size_t n, bool ascending,
                           uint64_t& nan) {
  const auto always = [](uint32_t) { return true; };
  switch (type.kind) {
    case types::Kind::floating: {
      const auto* floats = values.as<float>();
      const uint32_t turned = ascending ? 0 : UINT32_MAX;
      return rank_all(
          values, n, nan, [=](uint32_t i) { return !std::isnan(floats[i]); },
          [=](uint32_t i) -> uint64_t { return float_rank(floats[i]) ^ turned; });
    }
    case types::Kind::boolean: {
      const auto* truths = values.as<uint8_t>();
      const uint8_t first = ascending ? 0 : 1;
      return rank_all(values, n, nan, always, [=](uint32_t i) -> uint64_t { return truths[i] == first ? 0 : 1; });
    }
    default: {
      const auto* integers = values.as<int64_t>();
      const uint64_t turned = ascending ? 0 : UINT64_MAX;
      return rank_all(values, n, nan, always, [=](uint32_t i) { return int_rank(integers[i]) ^ turned; });
    }
  }
}

std::vector<uint32_t> first_of(std::vector<Ranked> ranked, size_t count) {
  count = std::min(count, ranked.size());
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(count);
  // Places are part of what is compared, so no two are equal and any sort is stable.
  if (count > 0 && end != ranked.end()) select(ranked, count);
  std::sort(ranked.begin(), end);
  std::vector<uint32_t> places(count);
  for (size_t i = 0; i < count; ++i) places[i] = ranked[i].at;
  return places;
}

}  // namespace rec::engine
