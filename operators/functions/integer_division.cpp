// div and %: division of ints, missing for a zero divisor.
#include "operators/functions/signature.h"
#include "operators/functions/wrapping.h"
#include "operators/list.h"

namespace rec::operators {

namespace {

template <auto Function>
void optional_kernel(const KernelCall& call) {
  const int64_t* a = call.args[0].as<int64_t>();
  const int64_t* b = call.args[1].as<int64_t>();
  int64_t* out = call.result<int64_t>();
  for (size_t i = 0; i < call.n; ++i) {
    out[i] = Function(a[i], b[i]);
    call.out_present[i] = b[i] != 0 ? 1 : 0;
  }
}

// First the optional result; the second overload, of the same parameters, is for divisors that cannot be zero: the
// checker chooses it.
template <auto Function>
std::vector<Overload> overloads() {
  return {{.parameters = {types::integer(), types::integer()},
           .result = types::optional(types::integer()),
           .kernel = optional_kernel<Function>},
          row_wise<Int(Int, Int), Function>()};
}

const auto kOperands = std::vector{operand("a", "what is divided"), operand("b", "the divisor")};

}  // namespace

std::vector<OperatorDef> integer_division_functions() {
  return {
      function("div",
               "The quotient of ints, rounded down (div(a, b) * b + a % b is a); missing for a zero divisor, plain int "
               "where the divisor "
               "cannot be zero.",
               "let shelf = div(item.likes, 10)", kOperands, overloads<divide_int>()),
      function("%",
               "The remainder of ints, with the sign of the divisor; missing for a zero divisor, plain int where it "
               "cannot be zero.",
               "let bucket_of_ten = item.likes % 10", kOperands, overloads<modulo_int>()),
  };
}

}  // namespace rec::operators
