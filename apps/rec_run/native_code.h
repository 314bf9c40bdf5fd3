// Native code for a command.
#pragma once

#include <memory>

#include "runtime/native/tier.h"

namespace rec::rec_run {

/// Tiers whose code is made when it is first needed, and waited for; null, and an error on standard error, where this
/// machine has none.
/// With REC_JIT_DEBUG in the environment, code has names and lines of `sources`.
std::unique_ptr<native::Tiers> native_code(const source::Sources& sources);

/// A line of what a compiler did so far, and one of its last failure where there was one.
std::string native_code_text(const native::Tiers& tiers);

}  // namespace rec::rec_run
