// Why an item is on a page, or is not: what each step did to it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"

namespace rec::engine {

/// What one step, or one channel, did to the item.
struct WhyStep {
  std::string step, text;  // "where", the step as written; "channel", its name and source
  uint32_t line = 0;
  std::vector<std::string> details{};  // sentences: places, values, cuts
  bool dropped = false;                // the item is gone behind it
};
struct Why {
  std::string pipeline, user, table, item;
  std::optional<uint32_t> position{};  // on the page, from 1
  std::vector<WhyStep> steps{};        // until the one that dropped it
};

/// Runs the request again and follows the item with the key `item`. A key that is not in the item table is an error;
/// so is what would fail the request.
std::expected<Why, Error> why(const graph::Plan& plan, const store::Generation& generation, const Request& request,
                              const std::string& item, const Serving& serving = {});

std::string why_text(const Why& why);
/// {"pipeline", "user", "table", "item", "position" (null: absent), "steps": [{"step", "line", "text", "details",
/// "dropped"}]}.
std::string why_json(const Why& why);

}  // namespace rec::engine
