// A trace as JSON: what a response carries under "trace".
#include <nlohmann/json.hpp>

#include "runtime/trace/trace.h"

namespace rec::trace {
namespace {

using Json = nlohmann::ordered_json;

Json drops_json(const std::vector<std::pair<std::string, uint64_t>>& drops) {
  Json out = Json::array();
  for (const auto& [predicate, rows] : drops) out.push_back({{"where", predicate}, {"rows", rows}});
  return out;
}

Json channel_json(const ChannelTrace& channel) {
  Json out{{"channel", channel.name},
           {"looked_at", channel.looked_at},
           {"out", channel.out},
           {"kept", channel.kept},
           {"us", channel.us}};
  if (!channel.engine.empty()) out["engine"] = channel.engine;
  if (channel.short_of_take) out["short"] = true;
  if (!channel.degraded.empty()) out["degraded"] = channel.degraded;
  if (!channel.drops.empty()) out["drops"] = drops_json(channel.drops);
  return out;
}

Json step_json(const StepTrace& step) {
  Json out{{"step", step.step}};
  if (step.line > 0) out["line"] = step.line;
  out["text"] = step.text;
  out["in"] = step.in;
  out["out"] = step.out;
  out["us"] = step.us;
  if (!step.engine.empty()) out["engine"] = step.engine;
  if (step.nan > 0) out["nan"] = step.nan;
  if (!step.degraded.empty()) out["degraded"] = step.degraded;
  if (!step.drops.empty()) out["drops"] = drops_json(step.drops);
  for (const auto& channel : step.channels) out["channels"].push_back(channel_json(channel));
  for (const auto& relaxed : step.relaxed) {
    Json rule{{"rule", relaxed.rule}};
    if (relaxed.line > 0) rule["line"] = relaxed.line;
    rule["positions"] = relaxed.positions;
    out["relaxed"].push_back(std::move(rule));
  }
  return out;
}

}  // namespace

Json to_json(const Trace& trace) {
  Json steps = Json::array();
  for (const auto& step : trace.steps) steps.push_back(step_json(step));
  return {{"steps", std::move(steps)}, {"gone", trace.gone}, {"us", trace.us}};
}

}  // namespace rec::trace
