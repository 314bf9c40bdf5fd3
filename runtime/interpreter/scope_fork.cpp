// A scope for another thread: what was computed so far is shared, what is still to come is its own.
#include "runtime/interpreter/scope.h"

namespace rec::interpreter {

using graph::ExprId;
using graph::Op;
using types::Kind;

Scope::Scope(const Scope& parent, column::StringSpace& strings, column::Arena& arena)
    : plan_(parent.plan_),
      generation_(parent.generation_),
      items_(parent.items_),
      inputs_(parent.inputs_),
      strings_(strings),
      arena_(arena),
      kernel_(parent.kernel_),
      layouts_(parent.layouts_),
      tier_(parent.tier_),
      values_(parent.values_),
      sequences_(parent.sequences_),
      event_values_(parent.event_values_),
      sets_(parent.sets_),
      row_sets_(parent.row_sets_),
      bits_(parent.bits_) {
  kernel_.strings = &strings;
}

void Scope::prepare(ExprId id) {
  constexpr uint8_t kVarying = graph::kEvent | graph::kCandidate | graph::kBarrier;
  const graph::Node& n = node(id);
  if ((n.level & kVarying) == 0) {
    if (n.op == Op::index_user) return;
    if (n.op == Op::model_user) {
      for (const ExprId arg : n.args) prepare(arg);
    } else if (n.type.kind == Kind::sequence) {
      sequence(id);
    } else if (n.type.kind != Kind::none && n.type.kind != Kind::record) {
      value(id);
    }
    return;
  }
  for (const ExprId arg : n.args) prepare(arg);
  if (n.op != Op::in_list && n.op != Op::in_sequence) return;
  const graph::Node& set = node(n.args[1]);
  if ((set.level & kVarying) != 0) return;
  if (n.op == Op::in_sequence) {
    sequence_set(n.args[1]);
  } else {
    list_set(n.args[1], compares_as_double(node(n.args[0]).type.kind, set.type.element));
  }
}

}  // namespace rec::interpreter
