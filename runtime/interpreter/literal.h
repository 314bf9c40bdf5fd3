// A value known before the request in its physical form.
#pragma once

#include "compiler/types/type.h"
#include "runtime/column/column.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::interpreter {

/// One value of `type` in the arena; strings are interned. monostate is missing: zero bytes.
Values literal(const types::Value& value, const types::Type& type, column::StringSpace& strings, column::Arena& arena);

/// One zero value, missing where `type` is optional.
Values missing(const types::Type& type, column::Arena& arena);

/// One value of a trivial type.
template <typename T>
Values single(T value, column::Arena& arena) {
  const auto cell = arena.allocate<T>(1);
  cell[0] = value;
  return {.data = cell.data()};
}

}  // namespace rec::interpreter
