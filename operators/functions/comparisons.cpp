// == != < <= > >=. An int against a float compares in double; comparisons with NaN are false, != with NaN is true.
#include "operators/functions/signature.h"
#include "operators/list.h"
#include "runtime/column/column.h"

namespace rec::operators {

namespace {

using form::to_double;
using form::widen;

const auto kOperands = std::vector{operand("a", "the left operand"), operand("b", "the right operand")};

template <auto Compare>
std::vector<Overload> ordered() {
  return {row_wise<Bool(Int, Int), Compare>(),
          row_wise<Bool(Float, Float), Compare>(),
          row_wise<Bool(Int, Float), [](auto a, auto b) { return Compare(to_double(a), widen(b)); }>(),
          row_wise<Bool(Float, Int), [](auto a, auto b) { return Compare(widen(a), to_double(b)); }>(),
          row_wise<Bool(Time, Time), Compare>(),
          row_wise<Bool(Duration, Duration), Compare>()};
}

// A row that stands for none (an unknown user) equals nothing, itself included.
constexpr auto kSameRow = [](auto a, auto b) { return (a == b) & (a != static_cast<int32_t>(column::kNoRow)); };

template <auto Compare>
std::vector<Overload> equality(Overload rows) {
  auto overloads = ordered<Compare>();
  overloads.push_back(row_wise<Bool(Bool, Bool), Compare>());
  overloads.push_back(row_wise<Bool(String, String), Compare>());
  overloads.push_back(row_wise<Bool(Enum, Enum), Compare>());
  overloads.push_back(std::move(rows));
  return overloads;
}

constexpr auto kEqual = [](auto a, auto b) { return a == b; };
constexpr auto kUnequal = [](auto a, auto b) { return a != b; };
constexpr auto kLess = [](auto a, auto b) { return a < b; };
constexpr auto kLessEqual = [](auto a, auto b) { return a <= b; };
constexpr auto kGreater = [](auto a, auto b) { return a > b; };
constexpr auto kGreaterEqual = [](auto a, auto b) { return a >= b; };

}  // namespace

std::vector<OperatorDef> comparison_functions() {
  return {
      function("==", "Whether both are the same value; NaN equals nothing.", "where item.kind == \"video\"", kOperands,
               equality<kEqual>(row_wise<Bool(Row, Row), kSameRow>())),
      function("!=", "Whether the values differ; NaN differs from everything.", "where item.kind != \"video\"",
               kOperands,
               equality<kUnequal>(row_wise<Bool(Row, Row), [](auto a, auto b) { return !kSameRow(a, b); }>())),
      function("<", "Whether the left is smaller; false for NaN.", "where age(item.created_at) < 30d", kOperands,
               ordered<kLess>()),
      function("<=", "Whether the left is smaller or equal; false for NaN.", "where age(item.created_at) <= 30d",
               kOperands, ordered<kLessEqual>()),
      function(">", "Whether the left is larger; false for NaN.", "where item.clicks > 10", kOperands,
               ordered<kGreater>()),
      function(">=", "Whether the left is larger or equal; false for NaN.", "where item.clicks >= 10", kOperands,
               ordered<kGreaterEqual>()),
  };
}

}  // namespace rec::operators
