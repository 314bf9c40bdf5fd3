// Vectors of lanes: how the operations of a form become instructions.
//
// A value that is the same for all candidates is a scalar, computed before the loop; it is spread over a vector where
// one is needed. Ints and doubles of 64 bits take as many registers as it needs for as many lanes.
#pragma once

#include <optional>
#include <span>

#include "runtime/jit/llvm.h"
#include "runtime/jit/target.h"
#include "runtime/native/kernel.h"

namespace rec::jit {

class Lanes {
 public:
  Lanes(llvm::IRBuilder<>& builder, const Target& target) : b_(builder), target_(target) {}

  unsigned count() const { return target_.lanes; }
  llvm::Type* scalar(form::Lane lane) const;
  llvm::VectorType* vector(form::Lane lane) const;
  llvm::Constant* constant(form::Lane lane, uint64_t bits) const;
  llvm::Value* spread(llvm::Value* scalar);
  /// 0, 1, 2, … as i32.
  llvm::Value* ramp();

  /// One operation on scalars or on vectors, all of the same shape but the first of a `select`.
  llvm::Value* operate(const form::Node& node, form::Lane from, std::span<llvm::Value* const> operands);
  /// Element `index` (i64) of a table of constants.
  llvm::Value* look_up(const form::Table& table, llvm::Value* index);
  /// Whether bits `code` of 512 bits are set, where 0 <= code < 512.
  llvm::Value* among(llvm::Value* words, llvm::Value* code);

  /// Elements from, from + 1, …
  llvm::Value* read(native::Storage storage, llvm::Value* from);
  /// Elements at `index` (i32, not negative, or i64), each in range.
  llvm::Value* gather(native::Storage storage, llvm::Value* base, llvm::Value* index);
  llvm::Value* read_one(native::Storage storage, llvm::Value* from);
  /// Writes lanes to `to` on.
  void write(native::Storage storage, llvm::Value* values, llvm::Value* to);
  /// Writes the first `count` (i64) lanes, each to its index.
  void scatter(native::Storage storage, llvm::Value* values, llvm::Value* base, llvm::Value* index, llvm::Value* count);
  /// Writes the lanes of `mask` one behind another from `to` on, and maybe up to a vector's length behind them.
  void compact(llvm::Value* values, llvm::Value* to, llvm::Value* mask);
  /// How many lanes of a mask are set, as i64; and whether any is.
  llvm::Value* count_set(llvm::Value* mask);
  llvm::Value* any_set(llvm::Value* mask);

  llvm::Type* stored(native::Storage storage) const;

 private:
  llvm::Value* as_stored(native::Storage storage, llvm::Value* value);
  llvm::Value* as_lane(native::Storage storage, llvm::Value* value);
  llvm::Value* intrinsic(llvm::Intrinsic::ID id, std::span<llvm::Value* const> operands);
  llvm::Value* halves(llvm::Value* value, unsigned lanes,
                      llvm::function_ref<llvm::Value*(llvm::Value*)> each);  // piece by piece
  llvm::Value* exponents(const form::Node& node, std::span<llvm::Value* const> operands);
  llvm::Value* permuted(const form::Table& table, llvm::Value* index);
  llvm::Value* gather_one_by_one(native::Storage storage, llvm::Value* base, llvm::Value* index);
  llvm::Value* gather_within_words(native::Storage storage, llvm::Value* base, llvm::Value* index);
  /// Calls `each` with lanes 0 up to `count`, in a loop.
  void for_lanes(llvm::Value* count, llvm::function_ref<void(llvm::Value*)> each);
  llvm::Value* on_stack(llvm::Value* vector);
  llvm::Value* element_of(llvm::Value* base, llvm::Type* type, llvm::Value* index);

  llvm::IRBuilder<>& b_;
  const Target& target_;
};

}  // namespace rec::jit
