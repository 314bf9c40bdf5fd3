// Models as the engine calls them: what a `score` step hands over and gets back.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/types/type.h"
#include "runtime/column/column.h"

namespace rec::operators {

/// One input of a model, for all candidates.
struct ModelInput {
  const types::Type* type = nullptr;
  /// Scalars, lists, vectors: values in the physical type, one a candidate; one in all where `shared`.
  const void* data = nullptr;
  const uint8_t* present = nullptr;  // null: all have a value
  bool shared = false;
  /// A sequence: the user's events, newest first; `searched`: per candidate the indices (uint32_t) of the events that
  /// `.search` found, newest first. Empty: all events for every candidate.
  const column::EventColumns* events = nullptr;
  std::span<const column::ListRef> searched{};
};

struct ModelCall {
  size_t candidates = 0;
  std::span<const ModelInput> inputs;         // in the catalog's order, user inputs before item inputs
  std::span<const std::span<float>> outputs;  // one an output of the catalog's model, one value a candidate
  const column::StringSpace& strings;
  std::stop_token stop;
};

/// What stands behind a name under `models:` of the catalog. An error text degrades the step.
struct Model {
  std::function<std::expected<void, std::string>(const ModelCall&)> score;
  /// MODEL.user: the request-level output, from the user inputs alone; null where the model has none.
  std::function<std::expected<std::vector<float>, std::string>(std::span<const ModelInput>)> user{};
};

/// By the catalog's names. A model that is not here is not built: a plan that needs it is refused before it runs.
using Models = std::map<std::string, Model, std::less<>>;

}  // namespace rec::operators
