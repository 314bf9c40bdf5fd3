// A trace as a table for a terminal.
#include <fmt/format.h>

#include "runtime/trace/trace.h"

namespace rec::trace {
namespace {

void add_drops(std::string& out, const std::vector<std::pair<std::string, uint64_t>>& drops, std::string_view indent) {
  for (const auto& [predicate, rows] : drops) {
    if (rows > 0) out += fmt::format("{:27}{}dropped {} by {}\n", "", indent, rows, predicate);
  }
}

std::string by(const std::string& engine) {
  return engine.empty() ? "" : "  [" + engine + "]";
}

void add_channel(std::string& out, const ChannelTrace& channel) {
  out += fmt::format("{:>8} {:>7} {:>8}  {:4}  {}: {} looked at, {} kept{}{}\n", "", channel.out, channel.us, "",
                     channel.name, channel.looked_at, channel.kept,
                     channel.short_of_take ? ", fewer than its take" : "", by(channel.engine));
  if (!channel.degraded.empty()) out += fmt::format("{:27}      failed: {}\n", "", channel.degraded);
  add_drops(out, channel.drops, "      ");
}

void add_step(std::string& out, const StepTrace& step) {
  const std::string line = step.line > 0 ? fmt::format("{}", step.line) : "";
  const std::string in = step.step == "recall" ? "" : fmt::format("{}", step.in);
  // A recall's text is its whole block; the channels below say more.
  const std::string& text = step.step == "recall" || step.text.empty() ? step.step : step.text;
  out += fmt::format("{:>8} {:>7} {:>8}  {:>4}  {}{}\n", in, step.out, step.us, line, text, by(step.engine));
  if (step.nan > 0) out += fmt::format("{:27}  {} NaN, last\n", "", step.nan);
  if (!step.degraded.empty()) out += fmt::format("{:27}  degraded: {}\n", "", step.degraded);
  add_drops(out, step.drops, "  ");
  for (const auto& channel : step.channels) add_channel(out, channel);
  for (const auto& relaxed : step.relaxed) {
    out += fmt::format("{:27}  relaxed `{}` at position", "", relaxed.rule);
    for (const uint32_t position : relaxed.positions) out += fmt::format(" {}", position);
    out += '\n';
  }
}

}  // namespace

std::string to_text(const Trace& trace) {
  std::string out = fmt::format("{:>8} {:>7} {:>8}  {:>4}  step\n", "in", "out", "us", "line");
  for (const auto& step : trace.steps) add_step(out, step);
  out += fmt::format("{:>8} {:>7} {:>8}        the request\n", "", "", trace.us);
  if (trace.gone > 0)
    out += fmt::format("{} events of items that are no longer in the table were left out\n", trace.gone);
  return out;
}

}  // namespace rec::trace
