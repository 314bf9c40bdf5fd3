// Functions that kernels share: from one vector of lanes to another, without memory.
#pragma once

#include <span>
#include <string>

#include "runtime/jit/lanes.h"

namespace rec::jit {

/// Adds the function to the module.
void emit_function(llvm::Module& module, const std::string& symbol, const form::Form& form, const Target& target);

/// What it makes of vectors, by a call.
llvm::Value* call_function(llvm::IRBuilder<>& builder, const Lanes& lanes, const std::string& symbol,
                           const form::Form& form, std::span<llvm::Value* const> arguments);

}  // namespace rec::jit
