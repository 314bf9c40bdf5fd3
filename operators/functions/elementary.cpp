// sqrt, exp, log and their relatives, ** and calibrate. Definitions are in operators/numerics.
#include <algorithm>
#include <cmath>

#include "operators/functions/signature.h"
#include "operators/list.h"
#include "operators/numerics/exp.h"
#include "operators/numerics/log.h"
#include "operators/numerics/pow.h"

namespace rec::operators {

namespace {

// The exponent is mostly the same for all rows; then the two exponents with a meaning of their own skip the general
// case. Same bits.
void power_kernel(const KernelCall& call) {
  if (call.n == 0) return;
  const float* x = call.args[0].as<float>();
  const float* y = call.args[1].as<float>();
  float* out = call.result<float>();
  if (call.args[1].uniform && y[0] == 2.0F) {
    each_row<[](float a) { return a * a; }, float, float>(call.n, out, x);
  } else if (call.args[1].uniform && y[0] == 0.5F) {
    each_row<[](float a) { return std::sqrt(a); }, float, float>(call.n, out, x);
  } else {
    each_row<numerics::pow, float, float, float>(call.n, out, x, y);
  }
}

/// p / (p + (1 - p) / keep) (algorithms: calibration after negative down-sampling), in double, rounded once.
float calibrated(float p, float keep) {
  const auto wide = static_cast<double>(p);
  const double kept = static_cast<double>(keep) * wide;
  return static_cast<float>(kept / ((1 - wide) + kept));
}

}  // namespace

std::vector<OperatorDef> elementary_functions() {
  const std::vector one{operand("x", "the value")};
  return {
      function("sqrt", "The square root; NaN below zero.", "let size = sqrt(item.price)", one,
               {row_wise<Float(Float), [](float x) { return std::sqrt(x); }>()}),
      function("exp", "e to the power of x.", "let odds = exp(item.price)", one,
               {row_wise<Float(Float), numerics::exp>()}),
      function("log", "The natural logarithm; -infinity at zero, NaN below.", "let size = log(item.price)", one,
               {row_wise<Float(Float), numerics::log>()}),
      function("log1p", "log(1 + x), exact near zero.", "let popularity = log1p(item.clicks)", one,
               {row_wise<Float(Float), numerics::log1p>()}),
      function("expm1", "exp(x) - 1, exact near zero.", "let growth = expm1(item.price)", one,
               {row_wise<Float(Float), numerics::expm1>()}),
      function("sigmoid", "1 / (1 + exp(-x)).", "let probability = sigmoid(item.price)", one,
               {row_wise<Float(Float), numerics::sigmoid>()}),
      function("tanh", "The hyperbolic tangent.", "let squashed = tanh(item.price)", one,
               {row_wise<Float(Float), numerics::tanh>()}),
      function("**", "x to the power of y; x ** 2 is x * x and x ** 0.5 is sqrt(x).", "let weight = item.price ** 0.3",
               {operand("x", "the base"), operand("y", "the exponent")},
               {{.parameters = {types::floating(), types::floating()},
                 .result = types::floating(),
                 .kernel = power_kernel}}),
      function("calibrate", "The probability behind p, which was learnt with a share `keep` of the negatives.",
               "let probability = calibrate(0.3, 0.1)",
               {operand("p", "the learnt probability"), operand("keep", "the share of negatives that was kept")},
               {row_wise<Float(Float, Float), calibrated>()}),
  };
}

}  // namespace rec::operators
