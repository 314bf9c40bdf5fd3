// abs, sign, min, max, clamp. NaN wherever an operand is NaN.
#include <cmath>
#include <type_traits>

#include "operators/functions/signature.h"
#include "operators/functions/wrapping.h"
#include "operators/list.h"
#include "operators/numerics/exp.h"

namespace rec::operators {

namespace {

template <typename T>
T smaller(T a, T b) {
  const T least = b < a ? b : a;
  if constexpr (std::is_floating_point_v<T>) return ((a != a) | (b != b)) ? numerics::kNaN : least;
  return least;
}
template <typename T>
T larger(T a, T b) {
  const T most = a < b ? b : a;
  if constexpr (std::is_floating_point_v<T>) return ((a != a) | (b != b)) ? numerics::kNaN : most;
  return most;
}
/// With low > high: high.
template <typename T>
T clamped(T x, T low, T high) {
  return smaller(larger(x, low), high);
}

template <typename T>
int64_t sign_of(T x) {
  return (x > 0) - (x < 0);
}

template <template <typename> typename Of>
std::vector<Overload> pairs() {
  return {Of<Int>::overload(), Of<Float>::overload(), Of<Duration>::overload(), Of<Time>::overload()};
}

template <typename T>
struct Min : RowWise<T(T, T), smaller<typename T::Physical>> {};
template <typename T>
struct Max : RowWise<T(T, T), larger<typename T::Physical>> {};
template <typename T>
struct Clamp : RowWise<T(T, T, T), clamped<typename T::Physical>> {};

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
      {operand("x", "the value"), operand("lo", "the lower bound"), operand("hi", "the upper bound")}, pairs<Clamp>());
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
               {row_wise<Int(Int), [](int64_t x) { return x < 0 ? wrapping_negate(x) : x; }>(),
                row_wise<Float(Float), [](float x) { return std::fabs(x); }>(),
                row_wise<Duration(Duration), [](int64_t x) { return x < 0 ? saturating_negate(x) : x; }>()}),
      function("sign", "-1, 0 or 1; NaN for NaN.", "let direction = sign(item.price - 10.0)", one,
               {row_wise<Int(Int), sign_of<int64_t>>(),
                row_wise<Float(Float),
                         [](float x) { return x != x ? numerics::kNaN : static_cast<float>((x > 0) - (x < 0)); }>(),
                row_wise<Int(Duration), sign_of<int64_t>>()}),
      function("min", "The smaller of two; NaN if either is NaN.", "let price = min(item.price, 100.0)", two,
               pairs<Min>()),
      function("max", "The larger of two; NaN if either is NaN.", "let price = max(item.price, 1.0)", two,
               pairs<Max>()),
      clamp(),
  };
}

}  // namespace rec::operators
