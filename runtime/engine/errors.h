// Errors of requests: diagnostics that are about no file.
#pragma once

#include <string>
#include <vector>

#include "runtime/engine/engine.h"

namespace rec::engine {

/// `help` empty: none.
inline Error request_error(diagnostics::Code code, std::string message, std::string help = {}) {
  Error error{.code = code, .message = std::move(message), .primary = {}};
  if (!help.empty()) error.help.push_back(std::move(help));
  return error;
}

/// "a, b, c".
std::string listed(const std::vector<std::string>& names);

/// An unknown name, with what it may have meant, or else with all there is.
Error unknown_name(diagnostics::Code code, std::string message, std::string_view name,
                   const std::vector<std::string>& known);

}  // namespace rec::engine
