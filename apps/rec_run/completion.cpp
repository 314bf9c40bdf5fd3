// rec-run completion: what can be completed, read from the tree of commands and options.
#include "apps/rec_run/completion.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "compiler/diagnostics/diagnostics.h"

namespace rec::rec_run {
namespace {

/// The words of "TEXT:{table,json,csv}", which is how CLI11 describes a choice.
std::vector<std::string> choices(const std::string& type) {
  std::vector<std::string> out;
  const size_t open = type.find('{');
  const size_t close = type.find('}', open);
  if (close == std::string::npos) return out;
  for (size_t at = open + 1; at <= close;) {
    const size_t end = std::min(type.find(',', at), close);
    out.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

CompletedOption completed(const CLI::Option& option) {
  CompletedOption out{.names = {}, .description = option.get_description(), .words = choices(option.get_type_name())};
  for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
  out.takes_value = option.get_items_expected_max() > 0;
  const auto says = [&](const char* text) { return out.description.find(text) != std::string::npos; };
  if (option.get_positional() && option.get_name(true).find("CODE") != std::string::npos) {
    for (const auto& info : diagnostics::all_codes()) out.words.emplace_back(info.text);
  }
  if (!out.takes_value) return out;
  if (says("(.rec)")) {
    out.value = Completes::strategies;
  } else if (!out.words.empty()) {
    out.value = Completes::words;
  } else if (says("directory")) {
    out.value = Completes::directories;
  } else if (says("a file")) {
    out.value = Completes::files;
  }
  return out;
}

Exit completion(const CLI::App& app, const std::string& shell) {
  const auto commands = completed_commands(app);
  fmt::print("{}", shell == "bash"  ? bash_completion(commands)
                   : shell == "zsh" ? zsh_completion(commands)
                                    : fish_completion(commands));
  return kOk;
}

}  // namespace

std::vector<CompletedCommand> completed_commands(const CLI::App& app) {
  std::vector<CompletedCommand> out;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    CompletedCommand each{.name = command->get_name(), .description = command->get_description(), .options = {}};
    for (const CLI::Option* option : command->get_options()) each.options.push_back(completed(*option));
    out.push_back(std::move(each));
  }
  return out;
}

void add_completion(CLI::App& app, int& exit) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Prints a script that completes rec-run's commands in a shell");
  command->add_option("SHELL", *shell, "the shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app, &exit] { exit = completion(app, *shell); });
}

}  // namespace rec::rec_run
