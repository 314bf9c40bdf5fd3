// Elementary functions in kernels: calls of code that kernels share, or their operations in place.
//
// A power or a logarithm is some forty operations. Written out at each use they are most of what a formula's kernel
// is compiled for; as functions of their own they are compiled once.
#pragma once

#include <optional>
#include <span>

#include "runtime/native/kernel.h"

namespace rec::native {

/// The form with those operands that are known in place of its arguments; the others are its arguments, in order. Of
/// its operations only those that the result needs.
form::Form specialised(const form::Form& form, std::span<const std::optional<uint64_t>> known);

/// How many operations a form has.
size_t operations(const form::Form& form);

/// The same kernel without calls.
Kernel inlined(const Kernel& kernel);

}  // namespace rec::native
