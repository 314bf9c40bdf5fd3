// rec-run explain --ir: the native code of a plan.
#pragma once

#include <memory>
#include <string>

#include "apps/rec_run/command.h"
#include "compiler/graph/plan.h"
#include "runtime/store/generation.h"

namespace rec::rec_run {

/// Prints the kernels of the plan, with the parameters' defaults. `kind`: llvm, or asm of this CPU.
Exit explain_ir(const graph::Plan& plan, const store::Generation& generation, const source::Sources& sources,
                const std::string& kind);

}  // namespace rec::rec_run
