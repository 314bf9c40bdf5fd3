// `rec-build DIR`: a generation from raw files.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
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

/// How long the build will take from here on, once it has run for two seconds: the parts that are left are taken to be
/// as much slower or faster than estimated as those that are done.
class Clock {
 public:
  std::string left(double fraction) const {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    if (seconds < 2 || fraction <= 0) return {};
    return fmt::format(", about {:.0f} s left", seconds * (1 - fraction) / fraction);
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

int run_build(const std::string& directory, const BuildArguments& arguments) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  build::BuildOptions options{.strict = arguments.strict,
                              .full = arguments.full,
                              .threads = arguments.threads,
                              .vector_threads = arguments.vector_threads,
                              .memory = arguments.memory};
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.progress = [clock = Clock()](const std::string& what, double fraction) {
      fmt::print(stderr, "{}{:3.0f} %  {}{}", kClearLine, fraction * 100, what, clock.left(fraction));
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
    fmt::print("generation {} built in {:.2f} s: made {}; {}reused {}\n", report.generation, report.seconds,
               list(report.made), report.updated.empty() ? "" : "updated " + list(report.updated) + "; ",
               list(report.reused));
  } else {
    fmt::print("generation {} is up to date\n", report.generation);
  }
  return kOk;
}

}  // namespace rec::rec_build
