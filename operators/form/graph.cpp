// Graphs of forms: equal nodes are one, and what is known is folded. Only what cannot change a bit is simplified.
#include <algorithm>
#include <cassert>
#include <utility>

#include "operators/form/form.h"

namespace rec::form {

std::optional<uint64_t> Graph::known(Id id) const {
  return nodes_[id].op == Op::constant ? std::optional(nodes_[id].bits) : std::nullopt;
}

std::optional<Id> Graph::simplified(const Node& node) const {
  if (node.op == Op::select) {
    if (const auto which = known(node.a)) return *which != 0 ? node.b : node.c;
    if (node.b == node.c) return node.b;
    return std::nullopt;
  }
  if (node.lane != Lane::truth || (node.op != Op::bit_and && node.op != Op::bit_or)) return std::nullopt;
  for (const auto& [one, other] : {std::pair{node.a, node.b}, std::pair{node.b, node.a}}) {
    const auto value = known(one);
    if (value) return (*value != 0) == (node.op == Op::bit_and) ? other : one;
  }
  return node.a == node.b ? std::optional(node.a) : std::nullopt;
}

/// What an int of 32 bits decides needs no more of them.
void Graph::narrow(Node& node) {
  const auto widened = [&](Id id) {
    const Node& from = nodes_[id];
    return from.op == Op::widen && from.lane == Lane::i64 && nodes_[from.a].lane == Lane::i32;
  };
  if (node.op == Op::to_float && widened(node.a)) node.a = nodes_[node.a].a;
  if (node.op < Op::equal || node.op > Op::less_equal) return;
  const auto fits = [&](Id id) {
    const auto value = known(id);
    return value && nodes_[id].lane == Lane::i64 && static_cast<int64_t>(*value) == static_cast<int32_t>(*value);
  };
  const bool left = widened(node.a), right = widened(node.b);
  if (!(left && right) && !(left && fits(node.b)) && !(right && fits(node.a))) return;
  const auto cut = [&](Id id, bool wide) { return wide ? nodes_[id].a : constant(Lane::i32, *known(id) & UINT32_MAX); };
  const Id a = cut(node.a, left);
  node.b = cut(node.b, right);
  node.a = a;
}

Id Graph::add(Node node) {
  assert(node.op != Op::argument && "arguments are made by `argument`");
  const unsigned count = operands(node.op);
  if (const auto other = simplified(node)) return *other;
  narrow(node);
  const Id operand[] = {node.a, node.b, node.c};
  const bool all_known = count > 0 && node.op < Op::load &&
                         std::all_of(operand, operand + count, [&](Id id) { return known(id).has_value(); });
  if (all_known) {
    const auto value = [&](unsigned i) { return i < count ? *known(operand[i]) : 0; };
    const uint64_t bits = node.op == Op::lookup
                              ? tables_[node.bits].values[value(0)]
                              : evaluate(node.op, node.lane, nodes_[node.a].lane, value(0), value(1), value(2));
    return constant(node.lane, bits);
  }
  const auto [at, fresh] = ids_.try_emplace(node, static_cast<Id>(nodes_.size()));
  if (fresh) nodes_.push_back(node);
  return at->second;
}

Id Graph::argument(Lane lane) {
  nodes_.push_back({.op = Op::argument, .lane = lane, .bits = arguments_++});
  return static_cast<Id>(nodes_.size() - 1);
}

uint64_t Graph::table(Table table) {
  const auto at = std::find(tables_.begin(), tables_.end(), table);
  if (at != tables_.end()) return static_cast<uint64_t>(at - tables_.begin());
  tables_.push_back(std::move(table));
  return tables_.size() - 1;
}

std::pair<Id, std::optional<Id>> Graph::insert(const Form& form, std::span<const Id> arguments) {
  std::vector<uint64_t> tables;
  for (const Table& each : form.tables) tables.push_back(table(each));
  std::vector<Id> ids;
  for (const Node& node : form.nodes) {
    if (node.op == Op::argument) {
      ids.push_back(arguments[node.bits]);
      continue;
    }
    Node copy = node;
    const unsigned count = operands(node.op);
    if (count > 0) copy.a = ids[node.a];
    if (count > 1) copy.b = ids[node.b];
    if (count > 2) copy.c = ids[node.c];
    if (node.op == Op::lookup) copy.bits = tables[node.bits];
    ids.push_back(add(copy));
  }
  return {ids[form.result], form.present ? std::optional(ids[*form.present]) : std::nullopt};
}

}  // namespace rec::form
