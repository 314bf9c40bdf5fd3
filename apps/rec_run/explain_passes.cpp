// Plans before and after passes, for people and for programs.
#include "apps/rec_run/explain_passes.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <expected>
#include <nlohmann/json.hpp>

#include "compiler/graph/explain.h"
#include "runtime/engine/engine.h"

namespace rec::rec_run {
namespace {

using Values = std::vector<std::optional<types::Value>>;

std::expected<Values, diagnostics::Diagnostic> values_of(const graph::Plan& plan, const std::vector<std::string>& set) {
  Values out(set.empty() ? 0 : plan.parameters.size());
  for (const std::string& setting : set) {
    const size_t equals = std::min(setting.find('='), setting.size());
    const std::string name = setting.substr(0, equals);
    const auto parameter = std::ranges::find(plan.parameters, name, &graph::Parameter::name);
    if (parameter == plan.parameters.end()) {
      return std::unexpected(
          diagnostics::Diagnostic{.code = diagnostics::Code::unknown_parameter,
                                  .message = fmt::format("`{}` has no parameter `{}`", plan.name, name),
                                  .primary = {}});
    }
    auto value =
        engine::parse_parameter(*parameter, std::string_view(setting).substr(std::min(equals + 1, setting.size())));
    if (!value) return std::unexpected(value.error());
    out[static_cast<size_t>(parameter - plan.parameters.begin())] = std::move(*value);
  }
  return out;
}

double microseconds(int64_t ns) {
  return static_cast<double>(ns) / 1000;
}

/// Each pass once, in the order of the list, with the time of all its runs.
std::vector<passes::Ran> summed(const std::vector<passes::Ran>& runs) {
  std::vector<passes::Ran> out;
  for (const auto& run : runs) {
    const auto known = std::ranges::find(out, run.pass, &passes::Ran::pass);
    if (known == out.end()) {
      out.push_back({.pass = run.pass, .ns = run.ns, .changed = run.changed});
    } else {
      known->ns += run.ns;
      known->changed = known->changed || run.changed;
    }
  }
  return out;
}

void print_text(const Session& session, const catalog::Catalog& catalog, const graph::Plan& written,
                const std::vector<passes::Ran>& runs) {
  std::string last = graph::explain_text(written, catalog, session.sources);
  fmt::print("as written:\n{}", last);
  for (const auto& run : runs) {
    if (run.after == nullptr) continue;
    std::string now = graph::explain_text(*run.after, catalog, session.sources);
    fmt::print("\nafter `{}`, {:.1f} µs:\n{}", run.pass, microseconds(run.ns),
               now == last ? "  the same steps; what is no longer in use is left out\n" : now);
    last = std::move(now);
  }
  fmt::print("\npasses, all rounds:\n");
  for (const auto& pass : summed(runs)) {
    const auto known = std::ranges::find(passes::all(), pass.pass, &passes::Pass::name);
    fmt::print("  {:<11} {:>7.1f} µs  {:<9}  {}\n", pass.pass, microseconds(pass.ns),
               pass.changed ? "changed" : "unchanged", known->doc);
  }
}

void print_json(const Session& session, const catalog::Catalog& catalog, const graph::Plan& written,
                const std::vector<passes::Ran>& runs) {
  nlohmann::ordered_json out{{"written", graph::explain_json(written, catalog, session.sources)},
                             {"passes", nlohmann::ordered_json::array()}};
  for (const auto& run : runs) {
    nlohmann::ordered_json each{{"pass", run.pass}, {"us", microseconds(run.ns)}, {"changed", run.changed}};
    if (run.after != nullptr) each["plan"] = graph::explain_json(*run.after, catalog, session.sources);
    out["passes"].push_back(std::move(each));
  }
  fmt::print("{}\n", out.dump(2));
}

}  // namespace

Exit explain_passes(const Session& session, const catalog::Catalog& catalog, const graph::PlanPtr& written,
                    const PassOptions& options) {
  auto values = values_of(*written, options.set);
  if (!values) {
    report(values.error());
    return kUsage;
  }
  passes::Options passes{.without = options.without, .verify = true, .keep_plans = true};
  if (options.pass != "all") passes.only = options.pass;
  std::vector<passes::Ran> runs;
  passes::Optimiser(catalog, std::move(passes), std::move(*values))(written, &runs);
  (options.json ? print_json : print_text)(session, catalog, *written, runs);
  return kOk;
}

void add_without_pass(CLI::App& command, std::vector<std::string>& without) {
  auto known = passes::names();
  known.emplace_back("all");
  command.add_option("--without-pass", without, "a pass over the plan that does not run; may be repeated")
      ->check(CLI::IsMember(known))
      ->allow_extra_args(false);
}

}  // namespace rec::rec_run
