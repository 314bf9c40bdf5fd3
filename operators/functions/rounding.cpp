// floor, ceil, round, the conversions int and float, and is_nan.
#include <cmath>

#include "operators/functions/signature.h"
#include "operators/functions/wrapping.h"
#include "operators/list.h"

namespace rec::operators {

std::vector<OperatorDef> rounding_functions() {
  const std::vector one{operand("x", "the value")};
  return {
      function("floor", "The largest whole number not above x.", "let whole = floor(item.price)", one,
               {row_wise<Float(Float), [](float x) { return std::floor(x); }>()}),
      function("ceil", "The smallest whole number not below x.", "let whole = ceil(item.price)", one,
               {row_wise<Float(Float), [](float x) { return std::ceil(x); }>()}),
      function("round", "The nearest whole number; halves go to the even one.", "let whole = round(item.price)", one,
               {row_wise<Float(Float), [](float x) { return std::nearbyint(x); }>()}),
      function("int", "x without its fraction; saturates, and is 0 for NaN.", "let whole = int(item.price)", one,
               {row_wise<Int(Int), [](int64_t x) { return x; }>(), row_wise<Int(Float), to_int>()}),
      function("float", "The float nearest to an int.", "let clicks = float(item.clicks)", one,
               {row_wise<Float(Int), [](int64_t x) { return static_cast<float>(x); }>(),
                row_wise<Float(Float), [](float x) { return x; }>()}),
      function("is_nan", "Whether x is not a number.", "where not is_nan(log(item.price))", one,
               {row_wise<Bool(Float), [](float x) { return x != x; }>()}),
  };
}

}  // namespace rec::operators
