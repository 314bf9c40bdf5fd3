// --watch: a command again whenever a file that it read changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/rec_run/command.h"

namespace rec::rec_run {

/// Runs `command`, which returns the files it read, and again after every change of one of them, until the program is
/// interrupted.
[[noreturn]] void watch(const std::function<std::vector<std::string>()>& command);

}  // namespace rec::rec_run
