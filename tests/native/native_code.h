// Native code for tests: made at once, so that what runs is never the interpreter by accident.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/native/tier.h"

namespace rec::native {

/// The instruction sets that this machine can run, the least first.
std::vector<std::string> instruction_sets();
/// One compiler an instruction set, for the whole program.
std::shared_ptr<Compiler> compiler(const std::string& isa);

}  // namespace rec::native
