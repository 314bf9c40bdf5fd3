// rec-run operators: the functions, sources, merge policies and rerankers there are, from their records.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <array>

#include "apps/rec_run/session.h"

namespace rec::rec_run {
namespace {

using operators::OperatorDef;
using operators::ParameterDef;
using operators::ParameterKind;

// In the order of OperatorDef::what.
constexpr std::array<std::string_view, 4> kKinds{"Functions", "Recall sources", "Merge policies", "Rerankers"};
constexpr std::array<std::string_view, 4> kOneOfKind{"function", "recall source", "merge policy", "reranker"};

bool runs(const OperatorDef& def) {
  struct Runs {
    bool operator()(const operators::FunctionDef&) const { return true; }
    bool operator()(const operators::SourceDef& source) const { return source.run != nullptr; }
    bool operator()(const operators::MergeDef& merge) const { return merge.run != nullptr; }
    bool operator()(const operators::RerankDef& rerank) const { return rerank.run != nullptr; }
  };
  return std::visit(Runs{}, def.what);
}

std::string kind_of(const ParameterDef& parameter) {
  switch (parameter.kind) {
    case ParameterKind::value:
      return types::to_text(parameter.type);
    case ParameterKind::index:
      return "index";
    case ParameterKind::seeds:
      return "sequence or rows";
    case ParameterKind::rows:
      return "rows or keys";
    case ParameterKind::lambda:
      return "e => " + types::to_text(parameter.type);
    case ParameterKind::similarity:
      return "similarity";
  }
  return {};
}

/// Its name, type, bounds and default on one line.
std::string signature(const ParameterDef& parameter) {
  std::string line = fmt::format("{}{} {}", parameter.name, parameter.positional ? "" : ":", kind_of(parameter));
  if (parameter.low && parameter.high) {
    line += fmt::format(" within {} .. {}", *parameter.low, *parameter.high);
  } else if (parameter.low) {
    line += fmt::format(", at least {}", *parameter.low);
  }
  if (parameter.default_value)
    line += ", " + types::to_text(*parameter.default_value, parameter.type) + " unless given";
  if (parameter.may_be_absent) line += ", may be left out";
  return line;
}

/// One line an overload, each with this before it.
std::string overloads(const OperatorDef& def, const operators::FunctionDef& function, std::string_view before) {
  std::string out;
  for (const auto& overload : function.overloads) {
    std::string types;
    for (const auto& type : overload.parameters) types += (types.empty() ? "" : ", ") + types::to_text(type);
    out += fmt::format("{}{}({}{}) -> {}\n", before, def.name, function.variadic ? "..., " : "", types,
                       types::to_text(overload.result));
  }
  return out;
}

void print_one(const OperatorDef& def) {
  fmt::print("{}: {}\n\n{}\n", kOneOfKind[def.what.index()], def.name, def.doc);
  if (!runs(def)) fmt::print("This version cannot run it yet.\n");
  fmt::print("\n");
  if (const auto* function = std::get_if<operators::FunctionDef>(&def.what))
    fmt::print("{}", overloads(def, *function, "  "));
  for (const auto& parameter : def.parameters) {
    if (def.what.index() == 0) continue;
    fmt::print("  {}\n{}", signature(parameter), parameter.doc.empty() ? "" : "      " + parameter.doc + "\n");
  }
  if (!def.example.empty()) fmt::print("\nexample:\n  {}\n", def.example);
}

Exit one(const operators::Registry& registry, const std::string& name) {
  size_t found = 0;
  std::vector<std::string> names;
  for (const auto& def : registry.all()) {
    names.push_back(def.name);
    if (def.name != name) continue;
    if (found++ > 0) fmt::print("\n");
    print_one(def);
  }
  if (found > 0) return kOk;
  const std::string near = diagnostics::did_you_mean(name, names);
  fmt::print(stderr, "error: there is no operator `{}`\nhelp: {}\n", name,
             near.empty() ? "rec-run operators lists them" : near);
  return kUsage;
}

void all(const operators::Registry& registry) {
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    fmt::print("{}{}\n", kind == 0 ? "" : "\n", kKinds[kind]);
    for (const auto& def : registry.all()) {
      if (def.what.index() == kind) fmt::print("  {:14} {}{}\n", def.name, def.doc, runs(def) ? "" : " (not yet)");
    }
  }
}

void markdown_one(const OperatorDef& def) {
  fmt::print("\n### `{}`\n\n{}{}\n", def.name, def.doc, runs(def) ? "" : " This version cannot run it yet.");
  if (const auto* function = std::get_if<operators::FunctionDef>(&def.what)) {
    fmt::print("\n```\n{}```\n", overloads(def, *function, ""));
  } else if (!def.parameters.empty()) {
    fmt::print("\n");
    for (const auto& parameter : def.parameters)
      fmt::print("- `{}`{}{}\n", signature(parameter), parameter.doc.empty() ? "" : ": ", parameter.doc);
  }
  if (!def.example.empty()) fmt::print("\nExample: `{}`\n", def.example);
}

/// docs/reference.md.
void markdown(const operators::Registry& registry) {
  fmt::print(
      "# Reference\n\nEverything that has a name in the language, and every diagnostic code. This page is what "
      "`rec-run operators --format markdown` prints.\n");
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    fmt::print("\n## {}\n", kKinds[kind]);
    for (const auto& def : registry.all()) {
      if (def.what.index() == kind) markdown_one(def);
    }
  }
  fmt::print("\n## Diagnostic codes\n\n`rec-run explain R2001` says the same of one.\n");
  for (const auto& info : diagnostics::all_codes())
    fmt::print("\n### {}: {}\n\n{}\n", info.text, info.title, info.explanation);
}

}  // namespace

void add_operators(CLI::App& app, int& exit) {
  auto name = std::make_shared<std::string>(), format = std::make_shared<std::string>("text");
  CLI::App* command =
      app.add_subcommand("operators", "Lists functions, sources, merge policies and rerankers, or describes one");
  command->add_option("NAME", *name, "an operator");
  command->add_option("--format", *format, "text, or markdown: all of them, as the reference page")
      ->check(CLI::IsMember({"text", "markdown"}));
  command->callback([name, format, &exit] {
    const operators::Registry registry;
    if (name->empty()) *format == "markdown" ? markdown(registry) : all(registry);
    exit = name->empty() ? kOk : one(registry, *name);
  });
}

}  // namespace rec::rec_run
