// The subcommands of rec-run, one file each, and the exit codes they share.
#pragma once

#include <string>

namespace CLI {
class App;  // its header takes longer to compile than most of these files
}

namespace rec::rec_run {

enum Exit : int {
  kOk = 0,
  kFailed = 1,  // diagnostics, or checks that failed
  kUsage = 2,
  kData = 3,  // data or I/O
  kBug = 70,
};

// Each declares its options, and a callback that runs it and sets `exit`.
void add_run(CLI::App& app, int& exit);
void add_check(CLI::App& app, int& exit);
void add_explain(CLI::App& app, int& exit);
void add_why(CLI::App& app, int& exit);
void add_diff(CLI::App& app, int& exit);
void add_fmt(CLI::App& app, int& exit);
void add_test(CLI::App& app, int& exit);
void add_bench(CLI::App& app, int& exit);
void add_operators(CLI::App& app, int& exit);
/// Completes the commands of `app`, which must outlive the callback.
void add_completion(CLI::App& app, int& exit);

/// What --version prints.
std::string version();

}  // namespace rec::rec_run
