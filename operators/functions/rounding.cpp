// floor, ceil, round, the conversions int and float, and is_nan.
#include "operators/functions/signature.h"
#include "operators/list.h"

namespace rec::operators {

std::vector<OperatorDef> rounding_functions() {
  const std::vector one{operand("x", "the value")};
  return {
      function("floor", "The largest whole number not above x.", "let whole = floor(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return form::floor(x); }>()}),
      function("ceil", "The smallest whole number not below x.", "let whole = ceil(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return form::ceil(x); }>()}),
      function("round", "The nearest whole number; halves go to the even one.", "let whole = round(item.price)", one,
               {row_wise<Float(Float), [](auto x) { return form::nearest(x); }>()}),
      function("int", "x without its fraction; saturates, and is 0 for NaN.", "let whole = int(item.price)", one,
               {row_wise<Int(Int), [](auto x) { return x; }>(),
                row_wise<Int(Float), [](auto x) { return form::to_int(x); }>()}),
      function("float", "The float nearest to an int.", "let clicks = float(item.clicks)", one,
               {row_wise<Float(Int), [](auto x) { return form::to_float(x); }>(),
                row_wise<Float(Float), [](auto x) { return x; }>()}),
      function("is_nan", "Whether x is not a number.", "where not is_nan(log(item.price))", one,
               {row_wise<Bool(Float), [](auto x) { return x != x; }>()}),
  };
}

}  // namespace rec::operators
