// + - * / and the unary minus.
#include "operators/functions/signature.h"
#include "operators/functions/wrapping.h"
#include "operators/list.h"

namespace rec::operators {

namespace {

const auto kOperands = std::vector{operand("a", "the left operand"), operand("b", "the right operand")};

OperatorDef plus() {
  return function(
      "+", "The sum: ints wrap around at 64 bits, durations and times saturate.", "let seen = item.clicks + 1",
      kOperands,
      {row_wise<Int(Int, Int), wrapping_add>(), row_wise<Float(Float, Float), [](float a, float b) { return a + b; }>(),
       row_wise<Duration(Duration, Duration), saturating_add>(), row_wise<Time(Time, Duration), saturating_add>(),
       row_wise<Time(Duration, Time), saturating_add>()});
}

OperatorDef minus() {
  return function(
      "-", "The difference: ints wrap around at 64 bits, durations and times saturate; of two times it is a duration.",
      "let shelf_time = request.now - item.created_at", kOperands,
      {row_wise<Int(Int, Int), wrapping_subtract>(),
       row_wise<Float(Float, Float), [](float a, float b) { return a - b; }>(),
       row_wise<Duration(Duration, Duration), saturating_subtract>(),
       row_wise<Duration(Time, Time), saturating_subtract>(), row_wise<Time(Time, Duration), saturating_subtract>()});
}

OperatorDef times() {
  return function(
      "*",
      "The product: ints wrap around at 64 bits; a duration times a number is exact, rounded half to even, and "
      "saturates.",
      "let double_price = item.price * 2", kOperands,
      {row_wise<Int(Int, Int), wrapping_multiply>(),
       row_wise<Float(Float, Float), [](float a, float b) { return a * b; }>(),
       row_wise<Duration(Duration, Int), saturating_multiply>(),
       row_wise<Duration(Int, Duration), saturating_multiply>(), row_wise<Duration(Duration, Float), scale_duration>(),
       row_wise<Duration(Float, Duration), [](float a, int64_t b) { return scale_duration(b, a); }>()});
}

float quotient(int64_t a, int64_t b) {
  return static_cast<float>(static_cast<double>(a) / static_cast<double>(b));
}

OperatorDef divided() {
  return function(
      "/", "The quotient, always a float: floats divide as IEEE 754 says, ints and durations in double, rounded once.",
      "let click_rate = item.clicks / item.impressions", kOperands,
      {row_wise<Float(Int, Int), quotient>(), row_wise<Float(Float, Float), [](float a, float b) { return a / b; }>(),
       row_wise<Float(Duration, Duration), quotient>()});
}

OperatorDef negate() {
  return function("negate", "The unary minus: of the smallest int it is itself, durations saturate.",
                  "let penalty = -item.price", {operand("x", "what is negated")},
                  {row_wise<Int(Int), wrapping_negate>(), row_wise<Float(Float), [](float x) { return -x; }>(),
                   row_wise<Duration(Duration), saturating_negate>()});
}

}  // namespace

std::vector<OperatorDef> arithmetic_functions() {
  return {plus(), minus(), times(), divided(), negate()};
}

}  // namespace rec::operators
