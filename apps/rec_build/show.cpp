// Diagnostics on the terminal, and the exit code that goes with them.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "apps/rec_build/commands.h"

namespace rec::rec_build {
namespace {

using diagnostics::Code;

/// What lies in the data or in the file system, not in a text that the user wrote.
bool is_data(Code code) {
  const auto number = static_cast<int>(code);
  const bool run_time = number >= 8000 && number < 9000;
  const bool building = number >= 6500 && number < 7000;
  return run_time || code == Code::catalog_unreadable ||
         (building && code != Code::statistic_from_statistic && code != Code::grouped_statistic &&
          code != Code::raw_column && code != Code::bad_rows);
}

}  // namespace

int show(diagnostics::Diagnostics& diagnostics, const source::Sources& sources) {
  diagnostics.sort();
  fmt::print(stderr, "{}", diagnostics::render_text(diagnostics, sources, ::isatty(STDERR_FILENO) != 0));
  int exit = kOk;
  for (const diagnostics::Diagnostic& one : diagnostics.list()) {
    if (one.severity == diagnostics::Severity::error) {
      exit = is_data(one.code) && exit != kDiagnostics ? kData : kDiagnostics;
    }
  }
  return exit;
}

int show(const ingest::FileError& error) {
  fmt::print(stderr, "error: {}: {}\n", error.path, error.message);
  return kData;
}

}  // namespace rec::rec_build
