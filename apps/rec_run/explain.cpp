// rec-run explain: a strategy's plan, or what a diagnostic code means.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "apps/rec_run/explain_ir.h"
#include "apps/rec_run/explain_passes.h"
#include "apps/rec_run/request_source.h"
#include "apps/rec_run/run_options.h"
#include "apps/rec_run/session.h"
#include "compiler/graph/explain.h"

namespace rec::rec_run {
namespace {

struct Options {
  std::string what, data, format = "text", pipeline, ir, pass;
  bool analyze = false;
  RunOptions request;                // --analyze
  std::vector<std::string> without;  // --pass all
};

constexpr int kAnalyzedRuns = 21;

/// The request's trace with each step's median time of several runs.
std::optional<trace::Trace> measured(const Session& session, const NextRequest& next,
                                     const std::shared_ptr<const store::Generation>& generation, Exit& exit) {
  std::vector<trace::Trace> runs;
  for (int i = 0; i < kAnalyzedRuns; ++i) {
    auto page = next.request ? engine::recommend(*next.plan, *generation, *next.request, &session.sources)
                             : std::expected<engine::Page, engine::Error>(std::unexpected(next.request.error()));
    if (!page) {
      report(page.error());
      exit = kData;
      return {};
    }
    runs.push_back(std::move(*page->trace));
  }
  const auto median = [&](auto time_of) {
    std::vector<int64_t> times;
    for (auto& run : runs) times.push_back(time_of(run));
    std::ranges::nth_element(times, times.begin() + kAnalyzedRuns / 2);
    return times[kAnalyzedRuns / 2];
  };
  trace::Trace out = runs.front();
  out.us = median([](const trace::Trace& run) { return run.us; });
  for (size_t i = 0; i < out.steps.size(); ++i) {
    out.steps[i].us = median([&](const trace::Trace& run) { return run.steps[i].us; });
    for (size_t c = 0; c < out.steps[i].channels.size(); ++c)
      out.steps[i].channels[c].us = median([&](const trace::Trace& run) { return run.steps[i].channels[c].us; });
  }
  return out;
}

Exit analyze(const Options& options) {
  if (options.request.user.empty()) {
    fmt::print(stderr, "error: --analyze runs a request: name its user with --user\n");
    return kUsage;
  }
  Session session;
  const auto generation = store::open_generation(options.data, session.sources, session.diagnostics);
  compiler::Compilation compilation;
  if (generation) compilation = session.compile(options.what, generation->catalog());
  const auto plan = compilation.pipeline(options.pipeline, session.diagnostics);
  Exit exit = generation ? session.exit_code() : kData;
  session.report();
  if (plan == nullptr) return exit;
  RunOptions request = options.request;
  request.pipeline = options.pipeline;
  request.trace = true;
  RequestSource source(request, compilation, *generation);
  if (!source.open()) return kData;
  const auto trace = measured(session, *source.next(), generation, exit);
  if (!trace) return exit;
  if (options.format == "json") {
    auto json = graph::explain_json(graph::as_written(*plan), generation->catalog(), session.sources);
    json["measured"] = trace::to_json(*trace);
    fmt::print("{}\n", json.dump(2));
    return kOk;
  }
  fmt::print("{}\nmeasured for user {}, medians of {} runs\n{}",
             graph::explain_text(graph::as_written(*plan), generation->catalog(), session.sources), request.user,
             kAnalyzedRuns, trace::to_text(*trace));
  return kOk;
}

Exit explain_native(const Options& options) {
  Session session;
  const auto generation = store::open_generation(options.data, session.sources, session.diagnostics);
  compiler::Compilation compilation;
  if (generation) compilation = session.compile(options.what, generation->catalog());
  const auto plan = compilation.pipeline(options.pipeline, session.diagnostics);
  const Exit exit = generation ? session.exit_code() : kData;
  session.report();
  return plan == nullptr ? exit : explain_ir(*plan, *generation, session.sources, options.ir);
}

Exit explain_plan(const Options& options) {
  Session session;
  const auto catalog = session.catalog(options.data);
  compiler::Compilation compilation;
  if (catalog) compilation = session.compile(options.what, *catalog, {.passes = {.without = {"all"}}});
  const auto plan = compilation.pipeline(options.pipeline, session.diagnostics);
  const Exit exit = session.exit_code();
  session.report();
  if (plan == nullptr) return exit;
  if (!options.pass.empty()) {
    return explain_passes(session, *catalog, plan,
                          {.pass = options.pass,
                           .without = options.without,
                           .set = options.request.set,
                           .json = options.format == "json"});
  }
  if (options.format == "json") {
    fmt::print("{}\n", graph::explain_json(*plan, *catalog, session.sources).dump(2));
    return kOk;
  }
  const std::string text = options.format == "dot" ? graph::explain_dot(*plan, *catalog, session.sources)
                                                   : graph::explain_text(*plan, *catalog, session.sources);
  fmt::print("{}", text);
  return kOk;
}

/// The digits of what is written like a code, "R2001", "r2001" or "2001"; empty for anything else.
std::string_view digits_of_code(std::string_view text) {
  if (text.starts_with('R') || text.starts_with('r')) text.remove_prefix(1);
  const bool digits = std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; });
  return digits && text.size() <= 6 ? text : std::string_view{};
}

/// What was meant by a code that does not exist: one with a slip in it, else the next one by number.
std::string suggestion(std::string_view digits) {
  std::vector<std::string> codes;
  for (const auto& info : diagnostics::all_codes()) codes.emplace_back(info.text);
  const std::string written = fmt::format("R{}", digits);
  if (diagnostics::find_code(written)) return fmt::format("did you mean `{}`?", written);
  if (std::string near = diagnostics::did_you_mean(written, codes); !near.empty()) return near;
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const auto distance = [number](const auto& info) { return std::abs(static_cast<int>(info.code) - number); };
  return fmt::format("the nearest code is `{}`", std::ranges::min(diagnostics::all_codes(), {}, distance).text);
}

Exit explain(const Options& options) {
  if (const auto code = diagnostics::find_code(options.what)) {
    const auto& info = diagnostics::info(*code);
    fmt::print("{}: {}\n\n{}\n", info.text, info.title, info.explanation);
    return kOk;
  }
  if (const auto digits = digits_of_code(options.what); !digits.empty()) {
    fmt::print(stderr, "error: there is no diagnostic code `{}`\nhelp: {}\n", options.what, suggestion(digits));
    return kUsage;
  }
  if (!options.pass.empty() && (options.format == "dot" || options.analyze)) {
    fmt::print(stderr, "error: --pass shows plans as text or json, and measures no request\n");
    return kUsage;
  }
  if (!options.data.empty() && !options.ir.empty()) return explain_native(options);
  if (!options.data.empty()) return options.analyze ? analyze(options) : explain_plan(options);
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
  command->add_option("--format", options->format, "text, json or dot")->check(CLI::IsMember({"text", "json", "dot"}));
  command->add_option("--pipeline", options->pipeline, "which pipeline of the file");
  command->add_option("--ir", options->ir, "shows native code: llvm, or asm of this CPU")
      ->check(CLI::IsMember({"llvm", "asm"}));
  command->add_flag("--analyze", options->analyze, "runs a request and shows the rows and the time of each step");
  command->add_option("--user", options->request.user, "with --analyze: the key of the user");
  command->add_option("--request", options->request.fields, "with --analyze: the request fields, as a JSON object");
  command->add_option("--now", options->request.now, "with --analyze: the time of the request");
  command->add_option("--set", options->request.set, "with --analyze, --pass: NAME=VALUE, a parameter; may be repeated")
      ->allow_extra_args(false);
  auto passes = passes::names();
  passes.emplace_back("all");
  command->add_option("--pass", options->pass, "shows what a pass makes of the plan, or all of them in order")
      ->check(CLI::IsMember(passes));
  add_without_pass(*command, options->without);
  command->get_option("--without-pass")->needs("--pass");
  command->callback([options, &exit] { exit = explain(*options); });
}

}  // namespace rec::rec_run
