// The completion scripts of bash, zsh and fish.
#include <fmt/format.h>

#include "apps/rec_run/completion.h"

namespace rec::rec_run {
namespace {

/// Within single quotes, in any of the shells.
std::string single_quoted(std::string_view text, bool fish = false) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += fish ? "\\'" : "'\\''";
    } else if (c == '\\' && fish) {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

std::string joined_names(const CompletedCommand& command) {
  std::string out;
  for (const auto& option : command.options) {
    for (const auto& name : option.names) out += (out.empty() ? "" : " ") + name;
  }
  return out;
}

const char* bash_action(Completes value) {
  switch (value) {
    case Completes::files:
      return "_rec_run_names -f";
    case Completes::directories:
      return "_rec_run_names -d";
    case Completes::strategies:
      return "_rec_run_strategies";
    case Completes::words:
    case Completes::nothing:
      return ":";
  }
  return ":";
}

std::string bash_value(const CompletedOption& option) {
  std::string out = bash_action(option.value);
  if (option.words.empty()) return out;
  return fmt::format("_rec_run_words {}; {}", single_quoted(joined(option.words, " ")), out);
}

std::string bash_command(const CompletedCommand& command) {
  std::string out = fmt::format("    {})\n      case \"$previous\" in\n", command.name);
  std::string positional = ":";
  for (const auto& option : command.options) {
    if (option.names.empty()) {
      positional = bash_value(option);
    } else if (option.takes_value) {
      out += fmt::format("        {}) {}; return ;;\n", joined(option.names, "|"), bash_value(option));
    }
  }
  out += "      esac\n";
  out += fmt::format("      if [[ $word == -* ]]; then _rec_run_words {}; else {}; fi ;;\n",
                     single_quoted(joined_names(command)), positional);
  return out;
}

/// `:` separates the parts of a zsh specification, brackets enclose its description.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const CompletedOption& option) {
  if (option.value == Completes::strategies) return "_files -g \"*.rec\"";
  if (option.value == Completes::directories) return "_files -/";
  if (option.value == Completes::files) return "_files";
  return fmt::format("({})", joined(option.words, " "));
}

std::string zsh_command(const CompletedCommand& command) {
  std::string out = fmt::format("    {}) _arguments", command.name);
  for (const auto& option : command.options) {
    const std::string value = option.takes_value ? fmt::format(":value:{}", zsh_action(option)) : "";
    for (const auto& name : option.names) {
      out += " \\\n      " + single_quoted(fmt::format("*{}[{}]{}", name, zsh_text(option.description), value));
    }
    if (option.names.empty()) out += " \\\n      " + single_quoted("*" + value);
  }
  return out + " ;;\n";
}

std::string fish_option(const CompletedCommand& command, const CompletedOption& option) {
  std::string out = fmt::format("complete -c rec-run -n '__fish_seen_subcommand_from {}'", command.name);
  for (const auto& name : option.names) {
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.takes_value && !option.names.empty()) out += " -r";
  if (option.value == Completes::strategies) {
    out += " -k -a '(__fish_complete_suffix .rec)'";
  } else if (option.value == Completes::directories) {
    out += " -f -a '(__fish_complete_directories)'";
  } else if (option.value == Completes::files) {
    out += " -F";
  } else if (!option.words.empty()) {
    out += " -f -a " + single_quoted(joined(option.words, " "), true);
  }
  return out + " -d " + single_quoted(option.description, true) + "\n";
}

}  // namespace

std::string bash_completion(const std::vector<CompletedCommand>& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.name);
  std::string out =
      "# Completes rec-run in bash: source this file.\n"
      "_rec_run_names() {\n  compopt -o filenames 2>/dev/null\n"
      "  local name\n  while IFS= read -r name; do COMPREPLY+=(\"$name\"); done < <(compgen \"$@\" -- \"$word\")\n}\n"
      "_rec_run_words() { COMPREPLY+=($(compgen -W \"$1\" -- \"$word\")); }\n"
      "_rec_run_strategies() { _rec_run_names -f -X '!*.rec'; _rec_run_names -d; }\n"
      "_rec_run() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n";
  out += fmt::format("    _rec_run_words {}; _rec_run_strategies; return\n  fi\n",
                     single_quoted(fmt::format("{} --help --version", joined(names, " "))));
  out += "  [[ $command == *.rec ]] && command=run\n  case \"$command\" in\n";
  for (const auto& command : commands) out += bash_command(command);
  return out + "  esac\n}\ncomplete -F _rec_run rec-run\n";
}

std::string zsh_completion(const std::vector<CompletedCommand>& commands) {
  std::string out =
      "#compdef rec-run\n# Completes rec-run in zsh: put this file into a folder of $fpath as _rec-run.\n"
      "_rec_run() {\n  local -a commands\n  commands=(\n";
  for (const auto& command : commands) {
    out += "    " + single_quoted(fmt::format("{}:{}", command.name, zsh_text(command.description))) + "\n";
  }
  out +=
      "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    _files -g '*.rec'\n    return\n  fi\n"
      "  local command=$words[2]\n  [[ $command == *.rec ]] && command=run\n"
      "  shift words\n  (( CURRENT-- ))\n  case $command in\n";
  for (const auto& command : commands) out += zsh_command(command);
  return out + "  esac\n}\n_rec_run \"$@\"\n";
}

std::string fish_completion(const std::vector<CompletedCommand>& commands) {
  std::string out =
      "# Completes rec-run in fish: put this file into ~/.config/fish/completions.\n"
      "complete -c rec-run -n __fish_use_subcommand -k -a '(__fish_complete_suffix .rec)'\n";
  for (const auto& command : commands) {
    out += fmt::format("complete -c rec-run -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                       single_quoted(command.description, true));
    for (const auto& option : command.options) out += fish_option(command, option);
  }
  return out;
}

}  // namespace rec::rec_run
