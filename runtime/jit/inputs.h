// What a kernel's function is called with, read from memory before the loop.
#pragma once

#include <string>
#include <vector>

#include "runtime/jit/lanes.h"

namespace rec::jit {

/// Adds a function of type native::Entry.
llvm::Function* entry_function(llvm::Module& module, const std::string& name);

struct Inputs {
  std::vector<llvm::Value*> outputs;
  // native::Range
  llvm::Value *begin = nullptr, *end = nullptr, *candidates = nullptr, *first = nullptr, *rows = nullptr,
              *row_offset = nullptr;
  // native::Ahead, of a `first` kernel
  llvm::Value *capacity = nullptr, *places = nullptr, *keys = nullptr, *count = nullptr;
  llvm::Value *bound = nullptr, *unbounded = nullptr;  // spread
  bool keys_are_floats = true;

  /// Where memory number `index` is. Read where it is asked for if there are too many to be held in registers.
  llvm::Value* memory(llvm::IRBuilder<>& builder, uint64_t index) const;

  static Inputs load(llvm::IRBuilder<>& builder, Lanes& lanes, const native::Kernel& kernel);

 private:
  std::vector<llvm::Value*> memory_;
};

}  // namespace rec::jit
