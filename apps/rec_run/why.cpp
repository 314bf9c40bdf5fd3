// rec-run why: what each step of a strategy did to one item, and where it was lost.
#include "runtime/engine/why.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/rec_run/request_source.h"
#include "apps/rec_run/run_options.h"
#include "apps/rec_run/session.h"

namespace rec::rec_run {
namespace {

struct Options {
  RunOptions request;
  std::string item;
};

Exit explain_item(const Options& options) {
  Session session;
  const auto generation = store::open_generation(options.request.data, session.sources, session.diagnostics);
  compiler::Compilation compilation;
  if (generation) compilation = session.compile(options.request.file, generation->catalog());
  const auto plan = compilation.pipeline(options.request.pipeline, session.diagnostics);
  const Exit exit = generation ? session.exit_code() : kData;
  session.report();
  if (plan == nullptr) return exit;
  RequestSource source(options.request, compilation, *generation);
  if (!source.open()) return kData;
  const auto next = source.next();
  const auto why =
      next->request ? engine::why(*next->plan, *generation, *next->request, options.item, {.sources = &session.sources})
                    : std::expected<engine::Why, engine::Error>(std::unexpected(next->request.error()));
  if (!why) {
    report(why.error());
    return kData;
  }
  fmt::print("{}", options.request.format == "json" ? engine::why_json(*why) + "\n" : engine::why_text(*why));
  return kOk;
}

}  // namespace

void add_why(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("why", "Says what each step did to one item, and where it was lost");
  command->add_option("FILE", options->request.file, "the strategy (.rec)")->required();
  command->add_option("--data", options->request.data, "the data directory, built by rec-build")->required();
  command->add_option("--user", options->request.user, "the key of the user")->required();
  command->add_option("--item", options->item, "the key of the item")->required();
  command->add_option("--request", options->request.fields, "the catalog's request fields, as a JSON object");
  command->add_option("--now", options->request.now, "the time of the request; the newest event's unless given");
  command->add_option("--id", options->request.id, "the id of the request");
  command->add_option("--set", options->request.set, "NAME=VALUE, a parameter; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--pipeline", options->request.pipeline, "which pipeline of the file");
  command->add_option("--format", options->request.format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->callback([options, &exit] { exit = explain_item(*options); });
}

}  // namespace rec::rec_run
