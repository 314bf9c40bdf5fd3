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

/// How long the part that is being made will take from here on, once it has run for two seconds.
class PartClock {
 public:
  std::string left(const std::string& what, double fraction) {
    const auto now = std::chrono::steady_clock::now();
    if (what != what_) {
      what_ = what;
      begin_ = now;
      first_ = fraction;
    }
    // Parts have equal shares of the whole, so what is left of this one shows in how fast its share is used up.
    const double seconds = std::chrono::duration<double>(now - begin_).count(), done = fraction - first_;
    if (seconds < 2 || done <= 0) return {};
    const double speed = done / seconds;
    return fmt::format(", {:.0f} s left at this pace", (1 - fraction) / speed);
  }

 private:
  std::string what_{};
  std::chrono::steady_clock::time_point begin_{};
  double first_ = 0;
};

}  // namespace

int run_build(const std::string& directory, const BuildArguments& arguments) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  build::BuildOptions options{.strict = arguments.strict,
                              .full = arguments.full,
                              .threads = arguments.threads,
                              .vector_threads = arguments.vector_threads};
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.progress = [part = PartClock()](const std::string& what, double fraction) mutable {
      fmt::print(stderr, "{}{:3.0f} %  {}{}", kClearLine, fraction * 100, what, part.left(what, fraction));
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
