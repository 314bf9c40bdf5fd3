// rec-run: checks, explains and runs strategies.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "apps/rec_run/command.h"

namespace rec::rec_run {
namespace {

/// `rec-run FILE.rec ...` is `rec-run run FILE.rec ...`.
std::vector<std::string> arguments(int argc, char** argv, const CLI::App& app) {
  std::vector<std::string> out(argv + 1, argv + argc);
  const bool own_option = !out.empty() && (out[0] == "-h" || out[0] == "--help" || out[0] == "--version");
  const auto is_named = [&](const CLI::App* command) { return command->get_name() == out[0]; };
  if (!out.empty() && !own_option && app.get_subcommands(is_named).empty()) out.insert(out.begin(), "run");
  return {out.rbegin(), out.rend()};  // CLI11 takes them last first
}

int run(int argc, char** argv) {
  CLI::App app("Runs recommendation strategies written in the .rec language.", "rec-run");
  app.require_subcommand(1);
  app.set_version_flag("--version", version());
  app.footer(
      "`rec-run FILE.rec --data DIR --user U` is `rec-run run FILE.rec ...`. Exit codes: 0 ok, 1 diagnostics or failed "
      "checks, 2 usage, 3 data or I/O, 70 a bug in rec.");
  int exit = kOk;
  add_run(app, exit);
  add_check(app, exit);
  add_explain(app, exit);
  add_why(app, exit);
  add_diff(app, exit);
  add_fmt(app, exit);
  add_test(app, exit);
  add_bench(app, exit);
  add_operators(app, exit);
  add_completion(app, exit);
  try {
    app.parse(arguments(argc, argv, app));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("error: cannot write to standard output\n", stderr);
    return kData;
  }
  return exit;
}

}  // namespace
}  // namespace rec::rec_run

int main(int argc, char** argv) {
  try {
    return rec::rec_run::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(
        stderr, "error[R9001]: a bug in rec: %s\nhelp: please report it with the file and the command that showed it\n",
        error.what());
    return rec::rec_run::kBug;
  }
}
