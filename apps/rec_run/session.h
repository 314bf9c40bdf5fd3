// What a command works with: source files, diagnostics, the operators; and how it says what is wrong.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/rec_run/command.h"
#include "compiler/compile.h"
#include "compiler/diagnostics/diagnostics.h"
#include "operators/registry.h"
#include "runtime/store/generation.h"

namespace rec::rec_run {

struct Session {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  operators::Registry registry;

  /// Prints the diagnostics on standard error and forgets them.
  void report();
  /// DIR/catalog.yaml; nothing after an error, which is among the diagnostics.
  std::optional<catalog::Catalog> catalog(const std::string& directory);
  /// Compiles a file; errors are among the diagnostics.
  compiler::Compilation compile(const std::string& file, const catalog::Catalog& catalog,
                                const compiler::Options& options = {});
  /// The exit code that the diagnostics so far ask for: kOk without errors, kData where a file could not be read, else
  /// kFailed.
  Exit exit_code() const;
  /// The files on disk that were read so far.
  std::vector<std::string> files() const;
};

/// One diagnostic that is about no file, on standard error.
void report(const diagnostics::Diagnostic& diagnostic);

}  // namespace rec::rec_run
