// rec-run explain: a strategy's plan, or what a diagnostic code means.
#include <fmt/format.h>

#include "apps/rec_run/session.h"
#include "compiler/graph/explain.h"

namespace rec::rec_run {
namespace {

struct Options {
  std::string what, data, format = "text", pipeline;
};

Exit explain_plan(const Options& options) {
  Session session;
  const auto catalog = session.catalog(options.data);
  compiler::Compilation compilation;
  if (catalog) compilation = session.compile(options.what, *catalog);
  std::shared_ptr<const graph::Plan> plan;
  if (!session.diagnostics.has_errors()) plan = compilation.pipeline(options.pipeline, session.diagnostics);
  const Exit exit = session.exit_code();
  session.report();
  if (plan == nullptr) return exit;
  const std::string text = options.format == "dot" ? graph::explain_dot(*plan, *catalog, session.sources)
                                                   : graph::explain_text(*plan, *catalog, session.sources);
  fmt::print("{}", text);
  return kOk;
}

Exit explain(const Options& options) {
  if (const auto code = diagnostics::find_code(options.what)) {
    const auto& info = diagnostics::info(*code);
    fmt::print("{}: {}\n\n{}\n", info.text, info.title, info.explanation);
    return kOk;
  }
  if (!options.data.empty()) return explain_plan(options);
  fmt::print(stderr,
             "error: `{}` is no diagnostic code; a strategy needs the data that it is written for\n"
             "help: rec-run explain {} --data DIR\n",
             options.what, options.what);
  return kUsage;
}

}  // namespace

void add_explain(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("explain", "Shows the plan of a strategy, or what a diagnostic code means");
  command->add_option("FILE_OR_CODE", options->what, "a strategy (.rec), or a code such as R2001")->required();
  command->add_option("--data", options->data, "the data directory, with its catalog.yaml");
  command->add_option("--format", options->format, "text or dot")->check(CLI::IsMember({"text", "dot"}));
  command->add_option("--pipeline", options->pipeline, "which pipeline of the file");
  command->callback([options, &exit] { exit = explain(*options); });
}

}  // namespace rec::rec_run
