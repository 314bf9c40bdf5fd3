// Forms for CPUs without instructions for exponents: these are written out in operations on bits.
#include "operators/form/traced.h"

namespace rec::form {
namespace {

Id written_out(const Node& node) {
  if (node.op == Op::exponent) return exponent_by_bits(Traced<float>::node(node.a)).id();
  if (node.op == Op::significand) return significand_by_bits(Traced<float>::node(node.a)).id();
  if (node.op == Op::scale) return scaled_by_bits(Traced<double>::node(node.a), Traced<double>::node(node.b)).id();
  return Recorder::graph().add(node);
}

}  // namespace

Form basic(const Form& form) {
  Recorder recorder;
  Graph& graph = Recorder::graph();
  for (const Table& each : form.tables) graph.table(each);
  std::vector<Id> ids;
  for (const Node& node : form.nodes) {
    if (node.op == Op::argument) {
      ids.push_back(graph.argument(node.lane));
      continue;
    }
    Node copy = node;
    const unsigned count = operands(node.op);
    if (count > 0) copy.a = ids[node.a];
    if (count > 1) copy.b = ids[node.b];
    if (count > 2) copy.c = ids[node.c];
    ids.push_back(written_out(copy));
  }
  const auto present = form.present ? std::optional(ids[*form.present]) : std::nullopt;
  return {.arguments = form.arguments,
          .nodes = graph.nodes(),
          .tables = graph.tables(),
          .result = ids[form.result],
          .present = present};
}

}  // namespace rec::form
