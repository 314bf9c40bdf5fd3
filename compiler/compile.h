// From a `.rec` file to plans: the stages, in order. The file to read first.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/graph/plan.h"
#include "compiler/graph/test.h"
#include "compiler/passes/passes.h"
#include "operators/registry.h"

namespace rec::compiler {

/// The plans of a file: its own pipelines first, in order, then imported ones. Passes have been over them; each knows
/// the plan as written. Tests run on plans as written.
struct Compilation {
  std::vector<std::shared_ptr<const graph::Plan>> plans;
  std::vector<std::shared_ptr<const graph::Test>> tests;  // of the file
  std::string file;                                       // path of the main file

  /// `name`, or without one the pipeline named like the file (a number before it aside), or the only one of the file;
  /// nullptr and a diagnostic otherwise. nullptr, and no word more, where there are errors already.
  std::shared_ptr<const graph::Plan> pipeline(const std::string& name, diagnostics::Diagnostics& diagnostics) const;
};

/// Whether what is right and hardly meant is said as well, as warnings R45xx; for files without errors.
enum class Lints : uint8_t { silent, told };

struct Options {
  Lints lints = Lints::silent;
  passes::Options passes{};
};

/// read → parse → imports → check (names, types, levels) → plan → passes. Diagnostics of all stages are in
/// `diagnostics`; `sources` holds the files for rendering them.
Compilation compile(const std::string& path, const catalog::Catalog& catalog, const operators::Registry& registry,
                    source::Sources& sources, diagnostics::Diagnostics& diagnostics, const Options& options = {});

}  // namespace rec::compiler
