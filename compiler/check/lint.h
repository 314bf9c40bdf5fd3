// What is right and yet hardly meant: names that nobody uses, conditions that decide nothing, counts out of reach.
#pragma once

#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/graph/plan.h"
#include "compiler/syntax/ast.h"

namespace rec::check {

/// Warnings about the first module, which has no errors, and its plans. A name that begins with `_` is meant to be
/// unused; a file without pipelines is a library, whose declarations others use.
void lint_names(const std::vector<syntax::Module>& modules, diagnostics::Diagnostics& diagnostics);
/// Of one module: what stands where it is read as something else.
void lint_layout(const syntax::Module& module, const source::Sources& sources, diagnostics::Diagnostics& diagnostics);
void lint_plan(const graph::Plan& plan, diagnostics::Diagnostics& diagnostics);

}  // namespace rec::check
