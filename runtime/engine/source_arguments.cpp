// The arguments of a channel's source: values, seeds with their weights, named rows.
#include "runtime/engine/source_arguments.h"

#include <algorithm>
#include <cmath>

#include "runtime/engine/model_call.h"

namespace rec::engine {
namespace {

using operators::ArgumentValue;
using operators::ParameterKind;
using types::Kind;

int64_t clamped(int64_t value, const operators::ParameterDef& parameter) {
  const auto bounded = [&](double bound) { return static_cast<int64_t>(std::clamp(bound, -9e18, 9e18)); };
  if (parameter.low) value = std::max(value, bounded(std::ceil(*parameter.low)));
  if (parameter.high) value = std::min(value, bounded(std::floor(*parameter.high)));
  return value;
}

float clamped(float value, const operators::ParameterDef& parameter) {
  if (parameter.low && !(value >= static_cast<float>(*parameter.low))) return static_cast<float>(*parameter.low);
  if (parameter.high && value > static_cast<float>(*parameter.high)) return static_cast<float>(*parameter.high);
  return value;
}

ArgumentValue plain_value(Run& run, graph::ExprId expr, const operators::ParameterDef& parameter) {
  const types::Type& type = run.plan.exprs[expr].type;
  const interpreter::Values value = run.context.value(expr);
  if (!value.has(0)) return {};
  switch (type.kind) {
    case Kind::boolean:
      return *value.as<uint8_t>() != 0;
    case Kind::floating:
      return clamped(*value.as<float>(), parameter);
    case Kind::string:
      return std::string(run.context.strings().text(*value.as<int32_t>()));
    case Kind::vector:
      if (*value.as<const float*>() == nullptr) return {};
      return std::span<const float>(*value.as<const float*>(), type.size);
    default:
      return clamped(*value.as<int64_t>(), parameter);
  }
}

/// Of which of the catalog's event logs a request-level sequence is.
size_t events_of(const Run& run, graph::ExprId sequence) {
  const graph::Node* node = &run.plan.exprs[sequence];
  while (node->op != graph::Op::sequence) node = &run.plan.exprs[node->args[0]];
  return run.generation.catalog().sequences[node->index].events;
}

operators::SeedEvents named_rows(Run& run, graph::ExprId expr) {
  const interpreter::Values value = run.context.value(expr);
  if (!value.has(0)) return {};
  return {.rows = value.as<column::ListRef>()->as<uint32_t>(), .weights = {}};
}

operators::SeedEvents seeds(Run& run, const graph::Channel& channel, graph::ExprId expr) {
  if (run.plan.exprs[expr].type.kind != Kind::sequence) return named_rows(run, expr);
  const column::EventColumns& events = run.context.sequence(expr);
  operators::SeedEvents out{.rows = {events.item, events.size}, .weights = {}};
  for (const auto& argument : channel.arguments) {
    if (argument.kind != ParameterKind::lambda || argument.expr == graph::kNoExpr) continue;
    const interpreter::Values weights = run.context.on_events(argument.expr, events, events_of(run, expr));
    const auto kept = run.arena().allocate<float>(events.size);
    std::copy_n(weights.as<float>(), events.size, kept.begin());
    out.weights = kept;
  }
  return out;
}

}  // namespace

std::expected<std::vector<ArgumentValue>, std::string> source_arguments(Run& run, const graph::Channel& channel) {
  std::vector<ArgumentValue> out(channel.arguments.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const graph::SourceArgument& argument = channel.arguments[i];
    if (argument.expr == graph::kNoExpr) continue;
    switch (argument.kind) {
      case ParameterKind::value:
        if (const graph::Node& node = run.plan.exprs[argument.expr]; node.op == graph::Op::index_user) {
          const auto* index = run.generation.vector_index(run.generation.catalog().indexes[node.index].name);
          const auto user = run.context.inputs().user_row;
          if (const auto own = index != nullptr && user ? index->user(*user) : std::span<const float>{}; !own.empty())
            out[i] = own;
          break;
        } else if (node.op == graph::Op::model_user) {
          const auto vector = user_vector(run, node);
          if (!vector) {
            return std::unexpected("model " + run.generation.catalog().models[node.index].name + ": " + vector.error());
          }
          const auto kept = run.arena().allocate<float>(vector->size());
          std::ranges::copy(*vector, kept.begin());
          out[i] = std::span<const float>(kept);
          break;
        }
        out[i] = plain_value(run, argument.expr, channel.source->parameters[i]);
        break;
      case ParameterKind::seeds:
        out[i] = seeds(run, channel, argument.expr);
        break;
      case ParameterKind::rows:
        out[i] = named_rows(run, argument.expr);
        break;
      default:
        break;  // an index goes by its name, a lambda with the seeds
    }
  }
  return out;
}

}  // namespace rec::engine
