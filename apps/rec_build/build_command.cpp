// `rec-build DIR`: a generation from raw files.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "apps/rec_build/commands.h"
#include "offline/build/build.h"

namespace rec::rec_build {
namespace {

constexpr const char* kClearLine = "\r\x1b[K";

std::string list(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

int run_build(const std::string& directory, bool strict, bool full) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  build::BuildOptions options{.strict = strict, .full = full};
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.progress = [](const std::string& what, double fraction) {
      fmt::print(stderr, "{}{:3.0f} %  {}", kClearLine, fraction * 100, what);
    };
  }
  const build::BuildReport report = build::build(directory, options, sources, diagnostics);
  if (terminal) {
    fmt::print(stderr, "{}", kClearLine);
  }
  for (const std::string& note : report.notes) {
    fmt::print(stderr, "note: {}\n", note);
  }
  const int exit = show(diagnostics, sources);
  if (exit != kOk) {
    return exit;
  }
  if (report.published) {
    fmt::print("generation {} built in {:.2f} s: made {}; reused {}\n", report.generation, report.seconds,
               list(report.made), list(report.reused));
  } else {
    fmt::print("generation {} is up to date\n", report.generation);
  }
  return kOk;
}

}  // namespace rec::rec_build
