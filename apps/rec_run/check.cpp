// rec-run check: what is wrong with strategies, without running them.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>

#include "apps/rec_run/session.h"
#include "apps/rec_run/watch.h"

namespace rec::rec_run {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string data, format = "text";
  bool watch = false, deny_warnings = false;
};

/// `read`: the files that were looked at.
Exit check(const Options& options, std::vector<std::string>& read) {
  Session session;
  size_t pipelines = 0;
  if (const auto catalog = session.catalog(options.data)) {
    for (const auto& file : options.files)
      pipelines += session.compile(file, *catalog, {.lints = compiler::Lints::told, .passes = {.without = {"all"}}})
                       .plans.size();
  }
  read = session.files();
  read.insert(read.end(), options.files.begin(), options.files.end());
  Exit exit = session.exit_code();
  session.diagnostics.sort();
  const auto warnings = std::ranges::count(session.diagnostics.list(), diagnostics::Severity::warning,
                                           &diagnostics::Diagnostic::severity);
  const bool denied = options.deny_warnings && exit == kOk && warnings > 0;
  if (denied) exit = kFailed;
  if (options.format == "json") {
    fmt::print("{}\n", diagnostics::render_json(session.diagnostics, session.sources));
    return exit;
  }
  session.report();
  if (denied)
    fmt::print(stderr, "{} warning{}, which --deny-warnings does not let pass\n", warnings, warnings == 1 ? "" : "s");
  if (exit == kOk) fmt::print(stderr, "{} pipeline{} checked, no errors\n", pipelines, pipelines == 1 ? "" : "s");
  return exit;
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "Checks strategies against a catalog, without running them");
  command->add_option("FILE", options->files, "strategies (.rec)")->required();
  command->add_option("--data", options->data, "the data directory, with its catalog.yaml")->required();
  command->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--deny-warnings", options->deny_warnings, "fails where there are warnings, too");
  command->add_flag("--watch", options->watch, "checks again whenever a file changes");
  command->callback([options, &exit] {
    const auto once = [&] {
      std::vector<std::string> read;
      exit = check(*options, read);
      return read;
    };
    if (options->watch) watch(once);
    once();
  });
}

}  // namespace rec::rec_run
