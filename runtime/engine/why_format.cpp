// A why as text and as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/engine/why.h"

namespace rec::engine {

std::string why_text(const Why& why) {
  std::string out = why.position ? fmt::format("{} of `{}` is at position {} of {}'s page\n", why.item, why.table,
                                               *why.position, why.user)
                                 : fmt::format("{} of `{}` is not on {}'s page\n", why.item, why.table, why.user);
  for (const auto& step : why.steps) {
    const std::string line = step.line > 0 ? fmt::format("{}", step.line) : "";
    const bool named = step.text.starts_with(step.step) || step.step == "channel" || step.step == "recall";
    out += fmt::format("{} {:>4}  {}\n", step.dropped ? "✗" : " ", line,
                       named ? step.text : fmt::format("{} {}", step.step, step.text));
    for (const auto& detail : step.details) out += fmt::format("          {}\n", detail);
  }
  return out;
}

std::string why_json(const Why& why) {
  nlohmann::ordered_json out{{"pipeline", why.pipeline}, {"user", why.user}, {"table", why.table}, {"item", why.item}};
  out["position"] = why.position ? nlohmann::ordered_json(*why.position) : nlohmann::ordered_json(nullptr);
  out["steps"] = nlohmann::ordered_json::array();
  for (const auto& step : why.steps) {
    out["steps"].push_back({{"step", step.step},
                            {"line", step.line},
                            {"text", step.text},
                            {"details", step.details},
                            {"dropped", step.dropped}});
  }
  return out.dump(2);
}

}  // namespace rec::engine
