// The command line as shells complete it: the commands, their options and what these take.
#pragma once

#include <string>
#include <vector>

#include "apps/rec_run/command.h"

namespace rec::rec_run {

/// What a value is completed with.
enum class Completes { nothing, files, directories, strategies, words };

struct CompletedOption {
  std::vector<std::string> names;  // "--data"; empty for a positional one
  std::string description;         // one line
  bool takes_value = false;
  Completes value = Completes::nothing;
  std::vector<std::string> words;  // Completes::words, and beside strategies
};

struct CompletedCommand {
  std::string name;
  std::string description;
  std::vector<CompletedOption> options;  // positional ones too
};

/// All commands of a program, read from its command line parser.
std::vector<CompletedCommand> completed_commands(const CLI::App& app);

/// Scripts that a shell sources.
std::string bash_completion(const std::vector<CompletedCommand>& commands);
std::string zsh_completion(const std::vector<CompletedCommand>& commands);
std::string fish_completion(const std::vector<CompletedCommand>& commands);

}  // namespace rec::rec_run
