// Barriers, as section "Barriers" of docs/language.md defines them.
#include "runtime/interpreter/barriers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

namespace rec::interpreter {
namespace {

using graph::Op;
using types::Kind;

/// Order keys: int64 in the order of the values; -0.0 is 0.0. Floats in the usual order of their bits.
int64_t key_of(float x) {
  const auto bits = static_cast<int32_t>(std::bit_cast<uint32_t>(x == 0.0F ? 0.0F : x));
  return bits >= 0 ? bits : int64_t{INT32_MIN} - bits;
}
float float_of(int64_t key) {
  return std::bit_cast<float>(static_cast<uint32_t>(key >= 0 ? key : int64_t{INT32_MIN} - key));
}

bool is_nan(const Values& values, Kind kind, size_t i) {
  return kind == Kind::floating && std::isnan(values.as<float>()[i]);
}
int64_t key(const Values& values, Kind kind, size_t i) {
  return kind == Kind::floating ? key_of(values.as<float>()[i]) : values.as<int64_t>()[i];
}
double number(const Values& values, Kind kind, size_t i) {
  return kind == Kind::floating ? static_cast<double>(values.as<float>()[i])
                                : static_cast<double>(values.as<int64_t>()[i]);
}
double number_of(int64_t key, Kind kind) {
  return kind == Kind::floating ? static_cast<double>(float_of(key)) : static_cast<double>(key);
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

Barrier::Barrier(Op op, Kind kind, const Values& values, size_t n) : op_(op), kind_(kind), candidates_(n) {
  if (op == Op::barrier_count) return;
  for (size_t i = 0; i < n; ++i) known_ += is_nan(values, kind, i) ? 0 : 1;
  fit_order(values);
  fit_sums(values);
}

void Barrier::fit_order(const Values& values) {
  bool first = true;
  for (size_t i = 0; i < candidates_; ++i) {
    if (is_nan(values, kind_, i)) continue;
    const int64_t k = key(values, kind_, i);
    low_ = first ? k : std::min(low_, k);
    high_ = first ? k : std::max(high_, k);
    first = false;
    if (op_ == Op::barrier_rank) sorted_.push_back(k);
  }
  std::ranges::sort(sorted_, std::greater<>());
}

void Barrier::fit_sums(const Values& values) {
  for (size_t i = 0; i < candidates_; ++i) {
    if (is_nan(values, kind_, i)) continue;
    sum_ += number(values, kind_, i);
    if (kind_ != Kind::floating) whole_ += static_cast<uint64_t>(values.as<int64_t>()[i]);
  }
  if (op_ != Op::barrier_zscore || known_ == 0) return;
  const double mean = sum_ / static_cast<double>(known_);
  double squares = 0;
  for (size_t i = 0; i < candidates_; ++i) {
    if (is_nan(values, kind_, i)) continue;
    const double off = number(values, kind_, i) - mean;
    squares += off * off;
  }
  deviation_ = std::sqrt(squares / static_cast<double>(known_));
}

/// The value of a barrier that is the same for every candidate.
template <typename T>
T Barrier::constant() const {
  switch (op_) {
    case Op::barrier_count:
      return static_cast<T>(candidates_);
    case Op::barrier_total:
      if constexpr (std::is_same_v<T, float>) return static_cast<float>(sum_);
      return static_cast<T>(whole_);
    case Op::barrier_mean:
      return known_ == 0 ? static_cast<T>(kNan) : static_cast<T>(sum_ / static_cast<double>(known_));
    default: {
      const int64_t end = op_ == Op::barrier_largest ? high_ : low_;
      if constexpr (std::is_same_v<T, float>) return known_ == 0 ? kNan : float_of(end);
      return static_cast<T>(end);
    }
  }
}

void Barrier::apply(const Values& arguments, size_t n, void* out) const {
  auto* floats = static_cast<float*>(out);
  auto* ints = static_cast<int64_t*>(out);
  switch (op_) {
    case Op::barrier_rank:
      for (size_t i = 0; i < n; ++i) {
        const auto end = is_nan(arguments, kind_, i)
                             ? sorted_.end()
                             : std::ranges::lower_bound(sorted_, key(arguments, kind_, i), std::greater<>());
        ints[i] = end - sorted_.begin() + 1;
      }
      return;
    case Op::barrier_minmax: {
      const double low = number_of(low_, kind_), range = number_of(high_, kind_) - low;
      // Which of two zeros is the lowest decides nothing: what comes out is never -0.
      for (size_t i = 0; i < n; ++i) {
        const double x = number(arguments, kind_, i);
        floats[i] = std::isnan(x) ? kNan : low_ == high_ ? 0.5F : static_cast<float>((x - low) / range + 0.0);
      }
      return;
    }
    case Op::barrier_zscore: {
      const double mean = sum_ / static_cast<double>(known_);
      for (size_t i = 0; i < n; ++i) {
        const double x = number(arguments, kind_, i);
        floats[i] = std::isnan(x) ? kNan : deviation_ == 0 ? 0.0F : static_cast<float>((x - mean) / deviation_);
      }
      return;
    }
    default:
      break;
  }
  const bool whole = op_ == Op::barrier_count || (op_ != Op::barrier_mean && kind_ != Kind::floating);
  if (whole) {
    std::fill_n(ints, n, constant<int64_t>());
  } else {
    std::fill_n(floats, n, constant<float>());
  }
}

}  // namespace rec::interpreter
