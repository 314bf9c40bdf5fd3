// Sums, means and extremes over events, in event order.
#include "runtime/interpreter/accumulate.h"

#include <limits>

namespace rec::interpreter {

using graph::Op;
using types::Kind;

Reduction reduction_of(const graph::Exprs& exprs, const graph::Node& node) {
  const bool has_value = node.op != Op::sequence_count && node.op != Op::in_sequence && node.args.size() > 1;
  return {.op = node.op, .value = has_value ? exprs[node.args[1]].type.kind : Kind::none, .result = node.type};
}

void Accumulator::add(const Reduction& reduction, const Values& values, size_t i) {
  if (reduction.value == Kind::none) return add_event();
  if (!values.has(i)) return;
  if (reduction.value == Kind::floating) return add_float(reduction, values.as<float>()[i]);
  add_int(reduction, values.as<int64_t>()[i]);
}

void Accumulator::add_float(const Reduction& reduction, float x) {
  if (x != x) return;
  const bool first = count_++ == 0;
  sum_ += static_cast<double>(x);
  const bool wins = reduction.op == Op::sequence_min ? x < floating_ : x > floating_;
  if (first || wins) floating_ = x;
}

void Accumulator::add_int(const Reduction& reduction, int64_t x) {
  const bool first = count_++ == 0;
  exact_ += x;
  sum_ += static_cast<double>(x);
  const bool wins = reduction.op == Op::sequence_min ? x < integer_ : x > integer_;
  if (first || wins) integer_ = x;
}

// Half to even, as durations round.
int64_t Accumulator::mean_int() const {
  const auto n = static_cast<Int128>(count_);
  Int128 quotient = exact_ / n, rest = exact_ % n;
  if (rest < 0) rest += n, --quotient;
  const Int128 twice = rest * 2;
  return static_cast<int64_t>(twice > n || (twice == n && (quotient & 1) != 0) ? quotient + 1 : quotient);
}

void Accumulator::finish(const Reduction& reduction, void* out, uint8_t* present, size_t i) const {
  const bool float_result = reduction.result.kind == Kind::floating;
  float floating = 0;
  int64_t integer = 0;
  bool there = true;
  switch (reduction.op) {
    case Op::in_sequence:
      static_cast<uint8_t*>(out)[i] = count_ > 0 ? 1 : 0;
      return;
    case Op::sequence_count:
      integer = static_cast<int64_t>(count_);
      break;
    case Op::sequence_sum: {
      floating = static_cast<float>(sum_);
      constexpr Int128 kLow = std::numeric_limits<int64_t>::min(), kHigh = std::numeric_limits<int64_t>::max();
      const Int128 saturated = exact_ < kLow ? kLow : exact_ > kHigh ? kHigh : exact_;
      integer = static_cast<int64_t>(reduction.value == Kind::integer ? exact_ : saturated);
      break;
    }
    case Op::sequence_mean:
      there = count_ > 0;
      if (there && float_result) floating = static_cast<float>(sum_ / static_cast<double>(count_));
      if (there && !float_result) integer = mean_int();
      break;
    default:
      there = count_ > 0;
      floating = reduction.value == Kind::floating ? floating_ : static_cast<float>(integer_);
      integer = integer_;
      break;
  }
  if (float_result) {
    static_cast<float*>(out)[i] = floating;
  } else {
    static_cast<int64_t*>(out)[i] = integer;
  }
  if (present != nullptr) present[i] = there ? 1 : 0;
}

}  // namespace rec::interpreter
