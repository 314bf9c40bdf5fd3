// rec-run run: one request, or a file of them, through a strategy.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/rec_run/explain_passes.h"
#include "apps/rec_run/native_code.h"
#include "apps/rec_run/request_source.h"
#include "apps/rec_run/result_writer.h"
#include "apps/rec_run/run_options.h"
#include "apps/rec_run/session.h"
#include "apps/rec_run/watch.h"
#include "runtime/engine/pool.h"

namespace rec::rec_run {
namespace {

/// What is wrong with the options taken together, or empty.
std::string complaint(const RunOptions& options) {
  if (options.requests.empty() && options.user.empty())
    return "name a user with --user, or a file of requests with --requests";
  if (options.requests.empty()) return {};
  if (options.watch && options.requests == "-") return "--watch reads its requests again and again: name a file";
  if (!options.user.empty() || !options.fields.empty() || !options.id.empty()) {
    return "--user, --request and --id belong to one request, and --requests names a file of them";
  }
  return {};
}

struct Prepared {
  std::shared_ptr<const store::Generation> generation;
  compiler::Compilation compilation;
};

std::optional<Prepared> prepare(const RunOptions& options, Session& session, Exit& exit) {
  Prepared out;
  out.generation = store::open_generation(options.data, session.sources, session.diagnostics);
  if (out.generation == nullptr) {
    session.report();
    exit = kData;
    return {};
  }
  out.compilation =
      session.compile(options.file, out.generation->catalog(), {.passes = {.without = options.without_passes}});
  // Every request may name a pipeline of its own; the main one must be there unless all do.
  if (!session.diagnostics.has_errors() && options.requests.empty())
    out.compilation.pipeline(options.pipeline, session.diagnostics);
  exit = session.exit_code();
  session.report();
  if (exit != kOk) return {};
  return out;
}

Exit exit_for(const engine::Error& error, bool from_command_line) {
  using diagnostics::Code;
  const bool about_options = error.code == Code::bad_request || error.code == Code::unknown_parameter ||
                             error.code == Code::parameter_out_of_bounds;
  if (error.code == Code::no_such_pipeline) return kFailed;
  return from_command_line && about_options ? kUsage : kData;
}

/// `files`: those that were read.
Exit run(const RunOptions& options, std::vector<std::string>& files) {
  if (const std::string wrong = complaint(options); !wrong.empty()) {
    fmt::print(stderr, "error: {}\n", wrong);
    return kUsage;
  }
  Session session;
  Exit exit = kOk;
  const auto prepared = prepare(options, session, exit);
  files = session.files();
  files.push_back(options.file);
  files.push_back(options.data + "/CURRENT");
  if (!prepared) return exit;
  const auto& [generation, compilation] = *prepared;
  engine::Pool pool;
  std::unique_ptr<native::Tiers> tiers;
  if (options.engine == "jit") {
    tiers = native_code(session.sources);
    if (tiers == nullptr) return kData;
  }
  RequestSource requests(options, compilation, *generation);
  ResultWriter results(options, *generation);
  if (!requests.open() || !results.open()) return kData;
  while (auto next = requests.next()) {
    auto page = next->request ? engine::recommend(next->plan, generation, *next->request,
                                                  {.pool = &pool, .sources = &session.sources, .tiers = tiers.get()})
                              : std::expected<engine::Page, engine::Error>(std::unexpected(next->request.error()));
    if (!page) {
      const bool is_only = options.requests.empty();
      exit = std::max(exit, exit_for(page.error(), is_only));
      results.failed(page.error(), next->line);
      continue;
    }
    results.write(*page, *next->request, *next->plan);
  }
  if (options.trace && tiers != nullptr) fmt::print(stderr, "{}", native_code_text(*tiers));
  return results.close() ? exit : kData;
}

}  // namespace

void add_run(CLI::App& app, int& exit) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command =
      app.add_subcommand("run", "Runs a strategy for one request or a file of them, and prints the page");
  command->add_option("FILE", options->file, "the strategy (.rec)")->required();
  command->add_option("--data", options->data, "the data directory, built by rec-build")->required();
  command->add_option("--user", options->user, "the key of the user");
  command->add_option("--request", options->fields, "the catalog's request fields, as a JSON object");
  command->add_option("--now", options->now, "the time of the request, ISO 8601; the newest event's unless given");
  command->add_option("--id", options->id, "the id of the request");
  command->add_option("--set", options->set, "NAME=VALUE, a parameter of the strategy; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--pipeline", options->pipeline, "which pipeline of the file");
  command->add_option("--engine", options->engine, "interpreter, or jit: native code, which is waited for")
      ->check(CLI::IsMember({"interpreter", "jit"}));
  add_without_pass(*command, options->without_passes);
  command->add_flag("--trace", options->trace, "says what each step did");
  command->add_option("--format", options->format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  command->add_option("--requests", options->requests, "a file with a request a line, as JSON; `-` is standard input");
  command->add_option("--record", options->record, "writes the requests that were run to a file, one a line");
  command->add_flag("--watch", options->watch, "runs again whenever the strategy or the data changes");
  command->callback([options, &exit] {
    const auto once = [&] {
      std::vector<std::string> files;
      exit = run(*options, files);
      return files;
    };
    if (options->watch && complaint(*options).empty()) watch(once);
    once();
  });
}

}  // namespace rec::rec_run
