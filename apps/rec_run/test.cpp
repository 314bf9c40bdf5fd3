// rec-run test: runs the `test` blocks of strategies against a data directory.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include "apps/rec_run/session.h"
#include "apps/rec_run/terminal.h"
#include "apps/rec_run/watch.h"
#include "runtime/engine/pool.h"
#include "runtime/engine/test_run.h"

namespace rec::rec_run {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string data, format = "text", filter;
  bool watch = false;
};

struct Tally {
  size_t passed = 0, failed = 0;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
};

void tell(const Session& session, const Options& options, const std::string& file, const engine::TestResult& result,
          Tally& tally) {
  (result.failures.empty() ? tally.passed : tally.failed) += 1;
  diagnostics::Diagnostics failures;
  for (const auto& failure : result.failures) failures.add(failure);
  if (options.format == "json") {
    tally.json.push_back({{"file", file},
                          {"test", result.name},
                          {"passed", result.failures.empty()},
                          {"failures", nlohmann::ordered_json::parse(render_json(failures, session.sources))}});
    return;
  }
  fmt::print("{}  {}\n", result.failures.empty() ? "ok    " : "FAILED", result.name);
  if (!failures.empty()) fmt::print("{}\n", render_text(failures, session.sources));
}

/// `read`: the files that were looked at.
Exit test(const Options& options, std::vector<std::string>& read) {
  Session session;
  const auto generation = store::open_generation(options.data, session.sources, session.diagnostics);
  read = options.files;
  Tally tally;
  Exit exit = kOk;
  engine::Pool pool;
  for (const auto& file : options.files) {
    if (generation == nullptr) break;
    const auto compiled = session.compile(file, generation->catalog());
    if (session.diagnostics.has_errors()) continue;
    for (const auto& each : compiled.tests) {
      if (each->name.find(options.filter) == std::string::npos) continue;
      tell(session, options, file, engine::run_test(*each, generation, {&pool, &session.sources}), tally);
    }
  }
  for (auto& each : session.files()) read.push_back(std::move(each));
  if (session.diagnostics.has_errors()) exit = session.exit_code();
  session.report();
  if (exit == kOk && tally.failed > 0) exit = kFailed;
  if (options.format == "json") {
    fmt::print("{}\n", tally.json.dump(2));
  } else if (exit != kData) {
    fmt::print("{} passed, {} failed\n", tally.passed, tally.failed);
    if (tally.passed + tally.failed == 0 && exit == kOk)
      fmt::print(stderr, "no test ran: a file holds them as `test \"…\" {{ … }}`\n");
  }
  return exit;
}

}  // namespace

void add_test(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("test", "Runs the tests of strategies against a data directory");
  command->add_option("FILE", options->files, "strategies (.rec)")->required();
  command->add_option("--data", options->data, "the data directory, which stays as it is")->required();
  command->add_option("--filter", options->filter, "only tests whose name has this in it");
  command->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--watch", options->watch, "runs again whenever a file changes");
  command->callback([options, &exit] {
    const auto once = [&] {
      std::vector<std::string> read;
      exit = test(*options, read);
      return read;
    };
    if (options->watch) watch(once);
    once();
  });
}

}  // namespace rec::rec_run
