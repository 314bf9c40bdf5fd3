// Forms and kernels copied, with what is known or called in its place.
#include "runtime/native/calls.h"

#include <algorithm>

namespace rec::native {
namespace {

using form::Form;
using form::Graph;
using form::Id;
using form::Node;
using form::Op;

void for_operands(Node& node, auto each) {
  Id* const all[] = {&node.a, &node.b, &node.c};
  for (unsigned i = 0; i < form::operands(node.op); ++i) each(*all[i]);
}

std::vector<bool> needed(const Graph& graph, Id result) {
  std::vector<bool> out(graph.size(), false);
  out[result] = true;
  for (Id id = result + 1; id-- > 0;) {
    Node node = graph[id];
    if (out[id]) for_operands(node, [&](Id operand) { out[operand] = true; });
  }
  return out;
}

}  // namespace

Form specialised(const Form& form, std::span<const std::optional<uint64_t>> known) {
  Graph graph;
  Form out;
  std::vector<Id> arguments;
  for (size_t i = 0; i < known.size(); ++i) {
    const form::Lane lane = form.arguments[i];
    arguments.push_back(known[i] ? graph.constant(lane, *known[i]) : graph.argument(lane));
    if (!known[i]) out.arguments.push_back(lane);
  }
  const Id result = graph.insert(form, arguments).first;
  const std::vector<bool> wanted = needed(graph, result);
  std::vector<Id> ids(graph.size());
  for (Id id = 0; id < graph.size(); ++id) {
    Node node = graph[id];
    if (!wanted[id] && node.op != Op::argument) continue;
    for_operands(node, [&](Id& operand) { operand = ids[operand]; });
    ids[id] = static_cast<Id>(out.nodes.size());
    out.nodes.push_back(node);
  }
  out.tables = graph.tables();
  out.result = ids[result];
  return out;
}

size_t operations(const Form& form) {
  return static_cast<size_t>(
      std::ranges::count_if(form.nodes, [](const Node& node) { return node.op > Op::constant; }));
}

Kernel inlined(const Kernel& kernel) {
  Kernel out = kernel;
  out.functions.clear();
  out.calls.clear();
  out.graph = {};
  out.spans.clear();
  std::vector<Id> ids;
  auto call = kernel.calls.begin();
  const auto copy = [&](Id id) {
    Node node = kernel.graph[id];
    if (node.op == Op::argument && id <= Kernel::kRow) return out.graph.argument(node.lane);
    if (node.op == Op::argument) {
      std::vector<Id> arguments;
      for (const Id argument : call->arguments) arguments.push_back(ids[argument]);
      return out.graph.insert(kernel.functions[(call++)->function].form, arguments).first;
    }
    for_operands(node, [&](Id& operand) { operand = ids[operand]; });
    if (node.op == Op::lookup) node.bits = out.graph.table(kernel.graph.tables()[node.bits]);
    return out.graph.add(node);
  };
  for (Id id = 0; id < kernel.graph.size(); ++id) {
    ids.push_back(copy(id));
    out.spans.resize(out.graph.size(), id < kernel.spans.size() ? kernel.spans[id] : source::Span{});
  }
  for (Id& id : out.predicates) id = ids[id];
  for (Output& each : out.outputs) {
    each.value = ids[each.value];
    if (each.present) each.present = ids[*each.present];
  }
  out.key = ids[out.key];
  return out;
}

}  // namespace rec::native
