// rec-run diff: what changes from one strategy to another: in the plan, and on requests.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include "apps/rec_run/request_diff.h"
#include "apps/rec_run/session.h"
#include "compiler/graph/plan_diff.h"

namespace rec::rec_run {
namespace {

using Json = nlohmann::ordered_json;
using graph::Change;

struct Options {
  RunOptions before;  // all but its file holds for both
  std::string after;
};

uint32_t line(const Session& session, source::Span span) {
  return span.valid() ? session.sources.file(span.file).locate(span.begin).line : 0;
}

std::string_view word(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::added:
      return "added";
    case Change::Kind::removed:
      return "removed";
    case Change::Kind::changed:
      return "changed";
    case Change::Kind::moved:
      return "moved";
  }
  return {};
}

// ---- text ----

std::string reasons_text(std::string_view what, const std::vector<Reason>& reasons, uint64_t explained, uint64_t all) {
  if (reasons.empty()) return {};
  std::string out = fmt::format("\nwhy items {}{}:\n", what,
                                explained < all ? fmt::format(", the first {} of {}", explained, all) : "");
  for (const auto& reason : reasons)
    out += fmt::format("{:>6}  {}\n        {}\n", reason.count, reason.step, reason.example);
  return out;
}

std::string text_of(const RequestDiff& diff) {
  std::string out =
      fmt::format("\n{} request{}: {} same page{}, {} other{}", diff.requests, diff.requests == 1 ? "" : "s", diff.same,
                  diff.same == 1 ? "" : "s", diff.compared - diff.same, diff.compared - diff.same == 1 ? "" : "s");
  if (diff.failed_before + diff.failed_after > 0)
    out += fmt::format("; {} failed before, {} after", diff.failed_before, diff.failed_after);
  out += "\n ";
  for (const auto& [k, share] : diff.overlap) out += fmt::format(" overlap@{} {:.3f}", k, share);
  const auto pages = static_cast<double>(std::max<uint64_t>(diff.compared, 1));
  const auto moved = static_cast<double>(std::max<uint64_t>(diff.moved, 1));
  out += fmt::format("\n  on a page {:.2f} items left, {:.2f} entered, {:.2f} moved by {:.1f} places\n",
                     static_cast<double>(diff.left) / pages, static_cast<double>(diff.entered) / pages,
                     static_cast<double>(diff.moved) / pages, static_cast<double>(diff.moved_places) / moved);
  out += reasons_text("left", diff.left_because, diff.left_explained, diff.left);
  out += reasons_text("entered", diff.entered_because, diff.entered_explained, diff.entered);
  if (!diff.moves.empty()) out += "\nthe largest moves:\n";
  for (const auto& move : diff.moves) {
    out += fmt::format("  user {}: {} from {} to {}{}\n", move.user, move.item.key, move.item.before, move.item.after,
                       move.why.empty() ? ", others came or went" : ": " + move.why);
  }
  return out;
}

std::string text_of(const Session& session, const Options& options, const std::string& pipeline,
                    const std::vector<Change>& changes) {
  std::string out = fmt::format("{} to {}, pipeline {}: ", options.before.file, options.after, pipeline);
  if (changes.empty()) return out + "the plans are the same\n";
  out += fmt::format("{} change{} in the plan\n", changes.size(), changes.size() == 1 ? "" : "s");
  static constexpr std::string_view kSigns = "+-~>";
  for (const auto& change : changes) {
    const uint32_t at = line(session, change.kind == Change::Kind::removed ? change.before_span : change.after_span);
    out += fmt::format("  {} {:>4}  {}\n", kSigns[static_cast<size_t>(change.kind)],
                       at > 0 ? fmt::format("{}", at) : "", change.text());
  }
  return out;
}

// ---- JSON ----

Json json_of(const std::vector<Reason>& reasons) {
  Json out = Json::array();
  for (const auto& reason : reasons)
    out.push_back({{"step", reason.step}, {"count", reason.count}, {"example", reason.example}});
  return out;
}

Json json_of(const RequestDiff& diff) {
  Json out{{"requests", diff.requests},
           {"failed_before", diff.failed_before},
           {"failed_after", diff.failed_after},
           {"compared", diff.compared},
           {"same", diff.same},
           {"overlap", Json::object()},
           {"left", diff.left},
           {"entered", diff.entered},
           {"moved", diff.moved},
           {"moved_places", diff.moved_places},
           {"left_because", json_of(diff.left_because)},
           {"entered_because", json_of(diff.entered_because)},
           {"moves", Json::array()}};
  for (const auto& [k, share] : diff.overlap) out["overlap"][std::to_string(k)] = share;
  for (const auto& move : diff.moves) {
    out["moves"].push_back({{"user", move.user},
                            {"item", move.item.key},
                            {"before", move.item.before},
                            {"after", move.item.after},
                            {"why", move.why}});
  }
  return out;
}

Json json_of(const Session& session, const Options& options, const std::string& pipeline,
             const std::vector<Change>& changes) {
  Json out{
      {"before", options.before.file}, {"after", options.after}, {"pipeline", pipeline}, {"changes", Json::array()}};
  const auto line_or_null = [&](source::Span span) { return span.valid() ? Json(line(session, span)) : Json(nullptr); };
  for (const auto& change : changes) {
    out["changes"].push_back({{"kind", word(change.kind)},
                              {"part", change.part},
                              {"what", change.what},
                              {"before", change.before},
                              {"after", change.after},
                              {"line_before", line_or_null(change.before_span)},
                              {"line_after", line_or_null(change.after_span)},
                              {"text", change.text()}});
  }
  return out;
}

// ---- the command ----

Exit diff(const Options& options) {
  const bool on_requests = !options.before.requests.empty() || !options.before.user.empty();
  if (options.before.requests == "-") {
    fmt::print(stderr, "error: requests are read twice, and standard input can be read once: name a file\n");
    return kUsage;
  }
  Session session;
  std::shared_ptr<const store::Generation> generation;
  std::optional<catalog::Catalog> catalog;
  if (on_requests) {
    generation = store::open_generation(options.before.data, session.sources, session.diagnostics);
    if (generation == nullptr) return session.report(), kData;
    catalog = generation->catalog();
  } else {
    catalog = session.catalog(options.before.data);
  }
  RunOptions after_options = options.before;
  after_options.file = options.after;
  compiler::Compilation before, after;
  if (catalog) {
    const compiler::Options as_written{.passes = {.without = {"all"}}};  // what their authors changed
    before = session.compile(options.before.file, *catalog, as_written);
    after = session.compile(options.after, *catalog, as_written);
  }
  std::shared_ptr<const graph::Plan> old_plan, new_plan;
  if (!session.diagnostics.has_errors()) {
    old_plan = before.pipeline(options.before.pipeline, session.diagnostics);
    new_plan = after.pipeline(options.before.pipeline, session.diagnostics);
  }
  const Exit exit = session.exit_code();
  session.report();
  if (old_plan == nullptr || new_plan == nullptr) return exit;

  const auto changes = graph::diff(graph::outline(*old_plan, *catalog), graph::outline(*new_plan, *catalog));
  const bool json = options.before.format == "json";
  Json document;
  if (json) {
    document = json_of(session, options, new_plan->name, changes);
  } else {
    fmt::print("{}", text_of(session, options, new_plan->name, changes));
  }
  Exit result = kOk;
  if (on_requests) {
    RequestSource old_requests(options.before, before, *generation), new_requests(after_options, after, *generation);
    if (!old_requests.open() || !new_requests.open()) return kData;
    const RequestDiff seen = diff_requests(old_requests, new_requests, generation, session.sources);
    if (seen.failed_before + seen.failed_after > 0) result = kData;
    if (json) {
      document["requests"] = json_of(seen);
    } else {
      fmt::print("{}", text_of(seen));
    }
  }
  if (json) fmt::print("{}\n", document.dump(2));
  return result;
}

}  // namespace

void add_diff(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  RunOptions& both = options->before;
  CLI::App* command =
      app.add_subcommand("diff", "Says what changes from one strategy to another, in the plan and on requests");
  command->add_option("BEFORE", both.file, "the strategy as it was (.rec)")->required();
  command->add_option("AFTER", options->after, "the strategy as it is to be (.rec)")->required();
  command->add_option("--data", both.data, "the data directory; built by rec-build, where requests are run")
      ->required();
  command->add_option("--pipeline", both.pipeline, "which pipeline of the files");
  command->add_option("--requests", both.requests, "a file with a request a line, as JSON: runs them through both");
  command->add_option("--user", both.user, "the key of a user: runs a request of theirs through both");
  command->add_option("--request", both.fields, "with --user: the request fields, as a JSON object");
  command->add_option("--now", both.now, "the time of the requests; the newest event's unless given");
  command->add_option("--set", both.set, "NAME=VALUE, a parameter of both; may be repeated")->allow_extra_args(false);
  command->add_option("--format", both.format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->callback([options, &exit] { exit = diff(*options); });
}

}  // namespace rec::rec_run
