// sqrt, exp, log and their relatives, ** and calibrate. Definitions are in operators/numerics.
#include <cmath>

#include "operators/functions/signature.h"
#include "operators/list.h"
#include "operators/numerics/exp.h"
#include "operators/numerics/log.h"
#include "operators/numerics/pow.h"

namespace rec::operators {

namespace {

constexpr auto kPower = [](auto x, auto y) { return numerics::pow(x, y); };

// The exponent is mostly the same for all rows; then the two exponents with a meaning of their own skip the general
// case. Same bits. (A loop over x with one y is slower: g++ unswitches it by what y is, and then does not vectorise.)
void power_kernel(const KernelCall& call) {
  if (call.n == 0) return;
  const float* x = call.args[0].as<float>();
  const float* y = call.args[1].as<float>();
  float* out = call.result<float>();
  if (call.args[1].uniform && y[0] == 2.0F) {
    each_row<[](float a) { return a * a; }, Float, Float>(call.n, out, x);
  } else if (call.args[1].uniform && y[0] == 0.5F) {
    each_row<[](float a) { return std::sqrt(a); }, Float, Float>(call.n, out, x);
  } else {
    each_row<kPower, Float, Float, Float>(call.n, out, x, y);
  }
}

Overload power() {
  Overload out = row_wise<Float(Float, Float), kPower>();
  out.kernel = power_kernel;
  return out;
}

/// p / (p + (1 - p) / keep) (algorithms: calibration after negative down-sampling), in double, rounded once.
constexpr auto kCalibrated = [](auto p, auto keep) {
  const auto wide = form::widen(p);
  const auto kept = form::widen(keep) * wide;
  return form::narrow(kept / ((1.0 - wide) + kept));
};

}  // namespace

std::vector<OperatorDef> elementary_functions() {
  const std::vector one{operand("x", "the value")};
  return {
      function("sqrt", "The square root; NaN below zero.", "let size = sqrt(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return form::square_root(x); }>()}),
      function("exp", "e to the power of x.", "let odds = exp(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return numerics::exp(x); }>()}),
      function("log", "The natural logarithm; -infinity at zero, NaN below.", "let size = log(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return numerics::log(x); }>()}),
      function("log1p", "log(1 + x), exact near zero.", "let popularity = log1p(item.clicks)", one,
               {row_wise<Float(Float), [](auto x) { return numerics::log1p(x); }>()}),
      function("expm1", "exp(x) - 1, exact near zero.", "let growth = expm1(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return numerics::expm1(x); }>()}),
      function("sigmoid", "1 / (1 + exp(-x)).", "let probability = sigmoid(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return numerics::sigmoid(x); }>()}),
      function("tanh", "The hyperbolic tangent.", "let squashed = tanh(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return numerics::tanh(x); }>()}),
      function("**", "x to the power of y; x ** 2 is x * x and x ** 0.5 is sqrt(x).", "let weight = item.price ** 0.3",
               {operand("x", "the base"), operand("y", "the exponent")}, {power()}),
      function("calibrate", "The probability behind p, which was learnt with a share `keep` of the negatives.",
               "let probability = calibrate(0.3, 0.1)",
               {operand("p", "the learnt probability"), operand("keep", "the share of negatives that was kept")},
               {row_wise<Float(Float, Float), kCalibrated>()}),
  };
}

}  // namespace rec::operators
