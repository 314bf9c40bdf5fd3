// + - * / and the unary minus.
#include "operators/functions/signature.h"
#include "operators/functions/wrapping.h"
#include "operators/list.h"

namespace rec::operators {

namespace {

using form::narrow;
using form::to_double;

constexpr auto kSaturatingAdd = [](auto a, auto b) { return saturating_add(a, b); };
constexpr auto kSaturatingSubtract = [](auto a, auto b) { return saturating_subtract(a, b); };

const auto kOperands = std::vector{operand("a", "the left operand"), operand("b", "the right operand")};

OperatorDef plus() {
  return function("+", "The sum: ints wrap around at 64 bits, durations and times saturate.",
                  "let seen = item.clicks + 1", kOperands,
                  {row_wise<Int(Int, Int), [](auto a, auto b) { return wrapping_add(a, b); }>(),
                   row_wise<Float(Float, Float), [](auto a, auto b) { return a + b; }>(),
                   row_wise<Duration(Duration, Duration), kSaturatingAdd>(),
                   row_wise<Time(Time, Duration), kSaturatingAdd>(), row_wise<Time(Duration, Time), kSaturatingAdd>()});
}

OperatorDef minus() {
  return function(
      "-", "The difference: ints wrap around at 64 bits, durations and times saturate; of two times it is a duration.",
      "let shelf_time = request.now - item.created_at", kOperands,
      {row_wise<Int(Int, Int), [](auto a, auto b) { return wrapping_subtract(a, b); }>(),
       row_wise<Float(Float, Float), [](auto a, auto b) { return a - b; }>(),
       row_wise<Duration(Duration, Duration), kSaturatingSubtract>(),
       row_wise<Duration(Time, Time), kSaturatingSubtract>(), row_wise<Time(Time, Duration), kSaturatingSubtract>()});
}

OperatorDef times() {
  return function(
      "*",
      "The product: ints wrap around at 64 bits; a duration times a number is exact, rounded half to even, and "
      "saturates.",
      "let double_price = item.price * 2", kOperands,
      {row_wise<Int(Int, Int), [](auto a, auto b) { return wrapping_multiply(a, b); }>(),
       row_wise<Float(Float, Float), [](auto a, auto b) { return a * b; }>(),
       row_wise<Duration(Duration, Int), saturating_multiply>(),
       row_wise<Duration(Int, Duration), saturating_multiply>(), row_wise<Duration(Duration, Float), scale_duration>(),
       row_wise<Duration(Float, Duration), [](float a, int64_t b) { return scale_duration(b, a); }>()});
}

constexpr auto kQuotient = [](auto a, auto b) { return narrow(to_double(a) / to_double(b)); };

OperatorDef divided() {
  return function(
      "/", "The quotient, always a float: floats divide as IEEE 754 says, ints and durations in double, rounded once.",
      "let click_rate = item.clicks / item.impressions", kOperands,
      {row_wise<Float(Int, Int), kQuotient>(), row_wise<Float(Float, Float), [](auto a, auto b) { return a / b; }>(),
       row_wise<Float(Duration, Duration), kQuotient>()});
}

OperatorDef negate() {
  return function("negate", "The unary minus: of the smallest int it is itself, durations saturate.",
                  "let penalty = -item.price", {operand("x", "what is negated")},
                  {row_wise<Int(Int), [](auto x) { return wrapping_negate(x); }>(),
                   row_wise<Float(Float), [](auto x) { return -x; }>(),
                   row_wise<Duration(Duration), [](auto x) { return saturating_negate(x); }>()});
}

}  // namespace

std::vector<OperatorDef> arithmetic_functions() {
  return {plus(), minus(), times(), divided(), negate()};
}

}  // namespace rec::operators
