// == != < <= > >=. An int against a float compares in double; comparisons with NaN are false, != with NaN is true.
#include "operators/functions/signature.h"
#include "operators/list.h"
#include "runtime/column/column.h"

namespace rec::operators {

namespace {

const auto kOperands = std::vector{operand("a", "the left operand"), operand("b", "the right operand")};

struct Equal {
  template <typename T>
  static uint8_t of(T a, T b) {
    return a == b;
  }
};
struct Unequal {
  template <typename T>
  static uint8_t of(T a, T b) {
    return a != b;
  }
};
struct Less {
  template <typename T>
  static uint8_t of(T a, T b) {
    return a < b;
  }
};
struct LessEqual {
  template <typename T>
  static uint8_t of(T a, T b) {
    return a <= b;
  }
};
struct Greater {
  template <typename T>
  static uint8_t of(T a, T b) {
    return a > b;
  }
};
struct GreaterEqual {
  template <typename T>
  static uint8_t of(T a, T b) {
    return a >= b;
  }
};

template <typename C>
std::vector<Overload> ordered() {
  return {row_wise<Bool(Int, Int), [](int64_t a, int64_t b) { return C::of(a, b); }>(),
          row_wise<Bool(Float, Float), [](float a, float b) { return C::of(a, b); }>(),
          row_wise<Bool(Int, Float),
                   [](int64_t a, float b) { return C::of(static_cast<double>(a), static_cast<double>(b)); }>(),
          row_wise<Bool(Float, Int),
                   [](float a, int64_t b) { return C::of(static_cast<double>(a), static_cast<double>(b)); }>(),
          row_wise<Bool(Time, Time), [](int64_t a, int64_t b) { return C::of(a, b); }>(),
          row_wise<Bool(Duration, Duration), [](int64_t a, int64_t b) { return C::of(a, b); }>()};
}

// A row that stands for none (an unknown user) equals nothing, itself included.
uint8_t same_row(uint32_t a, uint32_t b) {
  return (a == b) & (a != column::kNoRow);
}

template <typename C>
std::vector<Overload> equality(Overload rows) {
  auto overloads = ordered<C>();
  overloads.push_back(row_wise<Bool(Bool, Bool), [](uint8_t a, uint8_t b) { return C::of(a, b); }>());
  overloads.push_back(row_wise<Bool(String, String), [](int32_t a, int32_t b) { return C::of(a, b); }>());
  overloads.push_back(row_wise<Bool(Enum, Enum), [](int32_t a, int32_t b) { return C::of(a, b); }>());
  overloads.push_back(std::move(rows));
  return overloads;
}

}  // namespace

std::vector<OperatorDef> comparison_functions() {
  return {
      function("==", "Whether both are the same value; NaN equals nothing.", "where item.kind == \"video\"", kOperands,
               equality<Equal>(row_wise<Bool(Row, Row), same_row>())),
      function("!=", "Whether the values differ; NaN differs from everything.", "where item.kind != \"video\"",
               kOperands,
               equality<Unequal>(row_wise<Bool(Row, Row), [](uint32_t a, uint32_t b) { return !same_row(a, b); }>())),
      function("<", "Whether the left is smaller; false for NaN.", "where age(item.created_at) < 30d", kOperands,
               ordered<Less>()),
      function("<=", "Whether the left is smaller or equal; false for NaN.", "where age(item.created_at) <= 30d",
               kOperands, ordered<LessEqual>()),
      function(">", "Whether the left is larger; false for NaN.", "where item.clicks > 10", kOperands,
               ordered<Greater>()),
      function(">=", "Whether the left is larger or equal; false for NaN.", "where item.clicks >= 10", kOperands,
               ordered<GreaterEqual>()),
  };
}

}  // namespace rec::operators
