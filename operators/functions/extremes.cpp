// abs, sign, min, max, clamp. NaN wherever an operand is NaN.
#include "operators/functions/signature.h"
#include "operators/functions/wrapping.h"
#include "operators/list.h"
#include "operators/numerics/exp.h"

namespace rec::operators {

namespace {

using form::select;
using numerics::kNaN;

constexpr auto kSmaller = [](auto a, auto b) { return select(b < a, b, a); };
constexpr auto kLarger = [](auto a, auto b) { return select(a < b, b, a); };
constexpr auto kSmallerOrNaN = [](auto a, auto b) { return select((a != a) | (b != b), kNaN, kSmaller(a, b)); };
constexpr auto kLargerOrNaN = [](auto a, auto b) { return select((a != a) | (b != b), kNaN, kLarger(a, b)); };

constexpr auto kSignOfInt = [](auto x) { return wrapping_subtract(form::widen(x > 0), form::widen(x < 0)); };
constexpr auto kSignOfFloat = [](auto x) {
  return select(x != x, kNaN, select(x > 0, 1.0F, select(x < 0, -1.0F, 0.0F)));
};

/// Of two of a kind.
template <auto Of, auto OfFloats>
std::vector<Overload> pairs() {
  return {row_wise<Int(Int, Int), Of>(), row_wise<Float(Float, Float), OfFloats>(),
          row_wise<Duration(Duration, Duration), Of>(), row_wise<Time(Time, Time), Of>()};
}

/// With the lower bound above the upper one: the upper one.
template <auto Smaller, auto Larger>
constexpr auto kClamped = [](auto x, auto low, auto high) { return Smaller(Larger(x, low), high); };

template <typename T>
bool above(const types::Value& low, const types::Value& high) {
  const T* a = std::get_if<T>(&low);
  const T* b = std::get_if<T>(&high);
  return a != nullptr && b != nullptr && *a > *b;
}
std::string check_clamp(std::span<const std::optional<types::Value>> arguments) {
  if (arguments.size() != 3 || !arguments[1] || !arguments[2]) return {};
  const bool wrong = above<int64_t>(*arguments[1], *arguments[2]) || above<float>(*arguments[1], *arguments[2]);
  return wrong ? "the lower bound of `clamp` is above its upper bound" : std::string();
}

OperatorDef clamp() {
  OperatorDef def = function(
      "clamp", "x held between two bounds; NaN if any of the three is, the upper bound where the bounds cross.",
      "let price = clamp(item.price, 1.0, 100.0)",
      {operand("x", "the value"), operand("lo", "the lower bound"), operand("hi", "the upper bound")},
      {row_wise<Int(Int, Int, Int), kClamped<kSmaller, kLarger>>(),
       row_wise<Float(Float, Float, Float), kClamped<kSmallerOrNaN, kLargerOrNaN>>(),
       row_wise<Duration(Duration, Duration, Duration), kClamped<kSmaller, kLarger>>(),
       row_wise<Time(Time, Time, Time), kClamped<kSmaller, kLarger>>()});
  std::get<FunctionDef>(def.what).check_constants = check_clamp;
  return def;
}

}  // namespace

std::vector<OperatorDef> extreme_functions() {
  const std::vector two{operand("a", "one value"), operand("b", "the other")};
  const std::vector one{operand("x", "the value")};
  return {
      function("abs", "The magnitude; of the smallest int it is itself, of the smallest duration the largest.",
               "let distance = abs(item.price - 10.0)", one,
               {row_wise<Int(Int), [](auto x) { return select(x < 0, wrapping_negate(x), x); }>(),
                row_wise<Float(Float), [](auto x) { return form::magnitude(x); }>(),
                row_wise<Duration(Duration), [](auto x) { return select(x < 0, saturating_negate(x), x); }>()}),
      function("sign", "-1, 0 or 1; NaN for NaN.", "let direction = sign(item.price - 10.0)", one,
               {row_wise<Int(Int), kSignOfInt>(), row_wise<Float(Float), kSignOfFloat>(),
                row_wise<Int(Duration), kSignOfInt>()}),
      function("min", "The smaller of two; NaN if either is NaN.", "let price = min(item.price, 100.0)", two,
               pairs<kSmaller, kSmallerOrNaN>()),
      function("max", "The larger of two; NaN if either is NaN.", "let price = max(item.price, 1.0)", two,
               pairs<kLarger, kLargerOrNaN>()),
      clamp(),
  };
}

}  // namespace rec::operators
