// Evaluates what a model reads and calls it; what it throws ends here, as its failure.
#include "runtime/engine/model_call.h"

#include <cassert>
#include <cstring>
#include <exception>

namespace rec::engine {
namespace {

using graph::Op;
using types::Kind;

const operators::Model& model_of(const Run& run, uint32_t index) {
  const auto found = run.models->find(run.generation.catalog().models[index].name);
  assert(found != run.models->end() && "a plan whose models are not there is refused");
  return found->second;
}

template <typename Call>
auto guarded(const Call& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    return std::unexpected(std::string("it threw: ") + thrown.what());
  } catch (...) {
    return std::unexpected(std::string("it threw something that is no std::exception"));
  }
}

const void* kept(Run& run, const void* from, size_t bytes) {
  void* out = run.arena().allocate_bytes(bytes);
  if (bytes > 0) std::memcpy(out, from, bytes);
  return out;
}

}  // namespace

ModelInputs::ModelInputs(Run& run, std::span<const graph::ExprId> inputs, std::span<const uint32_t> candidates) {
  for (const graph::ExprId expr : inputs) inputs_.push_back(input(run, expr, candidates));
}

operators::ModelInput ModelInputs::input(Run& run, graph::ExprId expr, std::span<const uint32_t> candidates) {
  const graph::Node& node = run.plan.exprs[expr];
  operators::ModelInput out{.type = &node.type};
  const interpreter::CandidateRows rows{.batch = &run.batch, .indices = candidates};
  if (node.type.kind == Kind::sequence) {
    const bool searched = node.op == Op::sequence_latest || node.op == Op::sequence_nearest;
    out.events = &events_.emplace_back(run.context.sequence(searched ? node.args[0] : expr));
    out.shared = !searched;
    if (searched) out.searched = run.context.search(expr, rows);
    return out;
  }
  out.shared = (node.level & (graph::kCandidate | graph::kBarrier)) == 0;
  if (out.shared) {
    const interpreter::Values value = run.context.value(expr);
    out.data = value.data;
    out.present = value.present;
    return out;
  }
  interpreter::Evaluator evaluator(run.context, expr);
  const interpreter::Values values = evaluator.run(rows);
  out.data = kept(run, values.data, candidates.size() * types::width(node.type));
  if (values.present != nullptr)
    out.present = static_cast<const uint8_t*>(kept(run, values.present, candidates.size()));
  return out;
}

ModelTask::ModelTask(Run& run, const graph::ScoreStep& step, std::span<const uint32_t> candidates)
    : model(model_of(run, step.model)),
      owner(run.owner),
      inputs(run, step.inputs, candidates),
      strings(run.context.strings()),
      outputs(step.columns.size(), std::vector<float>(candidates.size())) {}

void ModelTask::call(std::stop_token stop) {
  const std::vector<std::span<float>> spans(outputs.begin(), outputs.end());
  const operators::ModelCall call{.candidates = outputs.front().size(),
                                  .inputs = inputs.view(),
                                  .outputs = spans,
                                  .strings = strings,
                                  .stop = std::move(stop)};
  result = guarded([&] { return model.score(call); });
}

std::expected<std::vector<float>, std::string> user_vector(Run& run, const graph::Node& node) {
  const ModelInputs inputs(run, node.args, {});
  return guarded([&] { return model_of(run, node.index).user(inputs.view()); });
}

}  // namespace rec::engine
