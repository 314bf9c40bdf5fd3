// Scalar values as 64-bit numbers.
#include "runtime/engine/scalars.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

namespace rec::engine {

int64_t scalar(const void* data, types::Kind kind, size_t i) {
  switch (kind) {
    case types::Kind::boolean:
      return static_cast<const uint8_t*>(data)[i];
    case types::Kind::string:
    case types::Kind::enumeration:
      return static_cast<const int32_t*>(data)[i];
    case types::Kind::row:
      return static_cast<const uint32_t*>(data)[i];
    case types::Kind::floating: {
      const float value = static_cast<const float*>(data)[i] + 0.0F;
      return std::bit_cast<int32_t>(std::isnan(value) ? std::numeric_limits<float>::quiet_NaN() : value);
    }
    default:
      return static_cast<const int64_t*>(data)[i];
  }
}

namespace {

/// Lists of one number, or of none for a missing value.
std::span<const column::ListRef> single_numbers(const interpreter::Values& values, types::Kind kind, size_t n,
                                                column::Arena& arena) {
  const auto lists = arena.allocate<column::ListRef>(n);
  const auto numbers = arena.allocate<int64_t>(n);
  for (size_t i = 0; i < n; ++i) {
    const bool has = values.has(i);
    if (has) numbers[i] = scalar(values.data, kind, i);
    lists[i] = {&numbers[i], has ? 1U : 0U};
  }
  return lists;
}

template <typename T>
void widen(const void* from, std::span<int64_t> to) {
  for (size_t k = 0; k < to.size(); ++k) to[k] = static_cast<const T*>(from)[k];
}

void numbers_of(column::ListRef list, types::Kind element, std::span<int64_t> out) {
  if (element == types::Kind::string) return widen<int32_t>(list.data, out);
  if (element == types::Kind::integer) return widen<int64_t>(list.data, out);
  for (size_t k = 0; k < out.size(); ++k) out[k] = scalar(list.data, element, k);
}

/// Rising, each once.
std::span<int64_t> made_a_set(std::span<int64_t> numbers) {
  if (std::ranges::adjacent_find(numbers, std::ranges::greater_equal{}) == numbers.end()) return numbers;
  std::ranges::sort(numbers);
  return numbers.first(static_cast<size_t>(std::ranges::unique(numbers).begin() - numbers.begin()));
}

}  // namespace

std::span<const column::ListRef> number_lists(const interpreter::Values& values, const types::Type& type, size_t n,
                                              bool as_sets, column::Arena& arena) {
  if (type.kind != types::Kind::list) return single_numbers(values, type.kind, n, arena);
  const auto lists = arena.allocate<column::ListRef>(n);
  size_t elements = 0;
  for (size_t i = 0; i < n; ++i) {
    lists[i] = values.has(i) ? values.as<column::ListRef>()[i] : column::ListRef{};
    elements += lists[i].size;
  }
  auto room = arena.allocate<int64_t>(elements);
  for (column::ListRef& list : lists) {
    auto numbers = room.first(list.size);
    room = room.subspan(list.size);
    numbers_of(list, type.element, numbers);
    if (as_sets) numbers = made_a_set(numbers);
    list = {numbers.data(), static_cast<uint32_t>(numbers.size())};
  }
  return lists;
}

}  // namespace rec::engine
