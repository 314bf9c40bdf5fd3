// Errors of requests: names that are not there.
#include "runtime/engine/errors.h"

namespace rec::engine {

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

Error unknown_name(diagnostics::Code code, std::string message, std::string_view name,
                   const std::vector<std::string>& known) {
  Error error = request_error(code, std::move(message), diagnostics::did_you_mean(name, known));
  error.notes.push_back(known.empty() ? "there are none" : "there are: " + listed(known));
  return error;
}

}  // namespace rec::engine
