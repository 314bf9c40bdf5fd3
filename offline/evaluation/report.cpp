// An evaluation as text for a terminal, and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "offline/evaluation/evaluate.h"

namespace rec::evaluation {
namespace {

std::vector<uint32_t> cuts(const Evaluation& evaluation) {
  std::vector<uint32_t> out;
  for (const auto& [at, part] : evaluation.coverage) out.push_back(at);
  return out;
}

double share(uint64_t part, uint64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string metrics_table(const Evaluation& evaluation) {
  std::string text = fmt::format("{:<10}", "");
  for (const uint32_t at : cuts(evaluation)) text += fmt::format("  {:<24}", fmt::format("at {}", at));
  text += "\n";
  std::vector<std::string> names;
  for (const Measured& one : evaluation.metrics) {
    if (std::ranges::find(names, one.name) == names.end()) names.push_back(one.name);
  }
  for (const std::string& name : names) {
    text += fmt::format("{:<10}", name);
    for (const uint32_t at : cuts(evaluation)) {
      const auto one =
          std::ranges::find_if(evaluation.metrics, [&](const Measured& m) { return m.name == name && m.at == at; });
      text += fmt::format("  {:<24}",
                          fmt::format("{:.4f} [{:.4f}, {:.4f}]", one->value.mean, one->value.low, one->value.high));
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  text += fmt::format("{:<10}", "coverage");
  for (const auto& [at, part] : evaluation.coverage) text += fmt::format("  {:<24.4f}", part);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string channels_table(const Evaluation& evaluation) {
  if (evaluation.channels.size() < 2) return {};
  size_t width = 8;
  for (const auto& channel : evaluation.channels) width = std::max(width, channel.name.size());
  std::string text =
      fmt::format("\n{:<{}}  of the pages  alone   of the hits  alone   also brought by\n", "channel", width);
  for (const auto& channel : evaluation.channels) {
    text += fmt::format("{:<{}}  {:>11.1f} % {:>5.1f} % {:>10.1f} % {:>5.1f} % ", channel.name, width,
                        100 * share(channel.items, evaluation.items), 100 * share(channel.alone, evaluation.items),
                        100 * share(channel.hits, evaluation.hits), 100 * share(channel.hits_alone, evaluation.hits));
    for (size_t c = 0; c < evaluation.channels.size(); ++c) {
      if (evaluation.channels[c].name == channel.name) continue;
      text += fmt::format("  {} {:.0f} %", evaluation.channels[c].name, 100 * share(channel.with[c], channel.items));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string to_text(const Evaluation& evaluation) {
  std::string text = fmt::format("{}: {} users, {} held-out pairs ({})\n", evaluation.pipeline, evaluation.users,
                                 evaluation.pairs, evaluation.split);
  if (evaluation.known_before > 0)
    text += fmt::format("{} pairs left out: the user had the item before\n", evaluation.known_before);
  if (evaluation.gone > 0) text += fmt::format("{} pairs left out: their user or item has no row\n", evaluation.gone);
  for (const auto& [what, users] : evaluation.degraded) text += fmt::format("degraded for {} users: {}\n", users, what);
  text += "means over users, [95 % interval by bootstrap over users]\n\n";
  return text + metrics_table(evaluation) + channels_table(evaluation);
}

std::string to_json(const Evaluation& evaluation) {
  using nlohmann::ordered_json;
  ordered_json out{{"pipeline", evaluation.pipeline},
                   {"split", evaluation.split},
                   {"users", evaluation.users},
                   {"pairs", evaluation.pairs},
                   {"pairs_known_before", evaluation.known_before},
                   {"pairs_without_row", evaluation.gone}};
  for (const Measured& one : evaluation.metrics) {
    out["metrics"][one.name][std::to_string(one.at)] = {
        {"mean", one.value.mean}, {"low", one.value.low}, {"high", one.value.high}};
  }
  for (const auto& [at, part] : evaluation.coverage) out["metrics"]["coverage"][std::to_string(at)] = {{"mean", part}};
  out["channels"] = ordered_json::array();
  for (const auto& channel : evaluation.channels) {
    ordered_json one{{"name", channel.name},
                     {"items", share(channel.items, evaluation.items)},
                     {"items_alone", share(channel.alone, evaluation.items)},
                     {"hits", share(channel.hits, evaluation.hits)},
                     {"hits_alone", share(channel.hits_alone, evaluation.hits)}};
    for (size_t c = 0; c < evaluation.channels.size(); ++c)
      one["overlap"][evaluation.channels[c].name] = share(channel.with[c], channel.items);
    out["channels"].push_back(std::move(one));
  }
  out["degraded"] = ordered_json::object();
  for (const auto& [what, users] : evaluation.degraded) out["degraded"][what] = users;
  return out.dump(2) + "\n";
}

}  // namespace rec::evaluation
