// The operations of forms on plain values, under the names they have on traced ones (traced.h): a definition written
// with them is both a kernel that compilers vectorise and a form.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace rec::form {

/// What a lane can hold.
template <typename T>
concept Plain = std::same_as<T, bool> || std::same_as<T, int32_t> || std::same_as<T, int64_t> ||
                std::same_as<T, float> || std::same_as<T, double>;
template <typename T>
concept PlainInt = std::same_as<T, int32_t> || std::same_as<T, int64_t>;
template <typename T>
concept PlainFloat = std::same_as<T, float> || std::same_as<T, double>;

template <Plain T>
T select(bool condition, T then, T otherwise) {
  return condition ? then : otherwise;
}

/// a · b + c, rounded once.
inline float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
inline double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}

template <PlainFloat T>
T square_root(T x) {
  return std::sqrt(x);
}
template <PlainFloat T>
T magnitude(T x) {
  return std::fabs(x);
}
template <PlainFloat T>
T floor(T x) {
  return std::floor(x);
}
template <PlainFloat T>
T ceil(T x) {
  return std::ceil(x);
}
/// The nearest whole number, halves to the even one.
template <PlainFloat T>
T nearest(T x) {
  return std::nearbyint(x);
}

template <PlainInt T>
T wrapping_add(T a, T b) {
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
}
template <PlainInt T>
T wrapping_subtract(T a, T b) {
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(a) - static_cast<Unsigned>(b));
}
template <PlainInt T>
T wrapping_multiply(T a, T b) {
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(a) * static_cast<Unsigned>(b));
}
/// Zeros come in from the left; `>>` brings in the sign.
template <PlainInt T>
T shift_right(T a, int by) {
  return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) >> by);
}

inline int64_t widen(bool x) {
  return x ? 1 : 0;
}
inline int64_t widen(int32_t x) {
  return x;
}
inline double widen(float x) {
  return x;
}
inline int32_t narrow(int64_t x) {
  return static_cast<int32_t>(x);
}
inline float narrow(double x) {
  return static_cast<float>(x);
}
template <PlainInt T>
float to_float(T x) {
  return static_cast<float>(x);
}
template <PlainInt T>
double to_double(T x) {
  return static_cast<double>(x);
}
/// Towards zero, saturated; 0 for NaN.
inline int64_t to_int(float x) {
  constexpr float kEnd = 9223372036854775808.0F;
  if (x != x) return 0;
  if (x >= kEnd) return INT64_MAX;
  if (x < -kEnd) return INT64_MIN;
  return static_cast<int64_t>(x);
}

inline int32_t bits_of(float x) {
  return std::bit_cast<int32_t>(x);
}
inline int64_t bits_of(double x) {
  return std::bit_cast<int64_t>(x);
}
inline float from_bits(int32_t x) {
  return std::bit_cast<float>(x);
}
inline double from_bits(int64_t x) {
  return std::bit_cast<double>(x);
}

/// Element `at`, which is in range.
template <Plain T, size_t N>
T lookup(const std::array<T, N>& table, int64_t at) {
  return table[static_cast<size_t>(at)];
}

}  // namespace rec::form
