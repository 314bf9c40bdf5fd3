// A call of a model: its inputs evaluated into memory of the request, its outputs, and the call itself.
#pragma once

#include <deque>
#include <expected>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "operators/model.h"
#include "runtime/engine/channel_task.h"
#include "runtime/engine/run.h"

namespace rec::engine {

/// Inputs as a model reads them; they live as long as the request's memory.
class ModelInputs {
 public:
  /// `candidates`: base indices; empty for a model's user side.
  ModelInputs(Run& run, std::span<const graph::ExprId> inputs, std::span<const uint32_t> candidates);
  std::span<const operators::ModelInput> view() const { return inputs_; }

 private:
  operators::ModelInput input(Run& run, graph::ExprId expr, std::span<const uint32_t> candidates);
  std::vector<operators::ModelInput> inputs_;
  std::deque<column::EventColumns> events_;
};

/// `score` on candidates, on any thread; keeps alive what it touches.
struct ModelTask {
  ModelTask(Run& run, const graph::ScoreStep& step, std::span<const uint32_t> candidates);
  void call(std::stop_token stop);

  operators::Model model;
  std::shared_ptr<const RequestState> owner;
  ModelInputs inputs;
  column::StringSpace strings;              // a copy, with all codes that the inputs hold
  std::vector<std::vector<float>> outputs;  // one a column of the step, one value a candidate
  std::expected<void, std::string> result{};
};

/// MODEL.user.
std::expected<std::vector<float>, std::string> user_vector(Run& run, const graph::Node& node);

}  // namespace rec::engine
