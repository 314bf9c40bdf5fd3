// One kernel as a function of LLVM's intermediate representation.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "runtime/jit/lines.h"
#include "runtime/jit/llvm.h"
#include "runtime/jit/target.h"
#include "runtime/native/kernel.h"

namespace rec::jit {

/// Adds a function of type native::Entry to the module. `functions`: the symbols of those that the kernel calls, which
/// the module may define already. `lines`: null for none.
void emit(llvm::Module& module, const std::string& name, const native::Kernel& kernel, const native::Layout& layout,
          const Target& target, std::span<const std::string> functions, Lines* lines);

/// What emitted code calls for `find`: the number of each key of a vector in a set, −1 where it is not there.
inline constexpr const char* kFindKeys = "rec_find_keys";

}  // namespace rec::jit
