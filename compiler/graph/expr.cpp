// The node table of a plan: equal nodes are one node.
#include "compiler/graph/expr.h"

#include <algorithm>

#include <bit>
#include <functional>
#include <type_traits>

namespace rec::graph {

namespace {

// Floats are compared by their bits: 0.0 and -0.0 are different constants, and NaN equals itself.
bool same_value(const types::Value& a, const types::Value& b) {
  if (a.index() != b.index()) return false;
  if (const auto* x = std::get_if<float>(&a)) {
    return std::bit_cast<uint32_t>(*x) == std::bit_cast<uint32_t>(std::get<float>(b));
  }
  if (const auto* x = std::get_if<std::vector<float>>(&a)) {
    const auto& y = std::get<std::vector<float>>(b);
    if (x->size() != y.size()) return false;
    for (size_t i = 0; i < x->size(); ++i) {
      if (std::bit_cast<uint32_t>((*x)[i]) != std::bit_cast<uint32_t>(y[i])) return false;
    }
    return true;
  }
  return a == b;
}

bool same_node(const Node& a, const Node& b) {
  return a.op == b.op && a.index == b.index && a.index2 == b.index2 && a.overload == b.overload && a.args == b.args &&
         a.type == b.type && same_value(a.value, b.value);
}

size_t combine(size_t seed, size_t value) {
  return seed ^ (value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2));
}

size_t hash_value(const types::Value& value) {
  return std::visit(
      [](const auto& v) -> size_t {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return 0;
        } else if constexpr (std::is_same_v<T, float>) {
          return std::bit_cast<uint32_t>(v);
        } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
          return std::hash<T>{}(v);
        } else {
          return v.size();
        }
      },
      value);
}

size_t hash_node(const Node& node) {
  size_t seed = static_cast<size_t>(node.op);
  seed = combine(seed, node.index);
  seed = combine(seed, node.index2);
  seed = combine(seed, static_cast<size_t>(node.type.kind));
  seed = combine(seed, std::hash<const void*>{}(node.overload));
  for (const ExprId arg : node.args) seed = combine(seed, arg);
  return combine(seed, hash_value(node.value));
}

/// What the node itself looks at.
uint8_t own_level(Op op) {
  switch (op) {
    case Op::parameter:
    case Op::request_field:
    case Op::user_row:
    case Op::user_column:
    case Op::sequence:
    case Op::rows_of_keys:
    case Op::model_user:
    case Op::index_user:
      return kRequest;
    case Op::item_row:
    case Op::item_column:
    case Op::let_column:
    case Op::from_channel:
    case Op::score_in:
    case Op::position_in:
    case Op::channel_count:
    case Op::channel_emit:
      return kCandidate;
    case Op::event_time:
    case Op::event_item:
    case Op::event_column:
    case Op::event_item_column:
      return kEvent;
    default:
      return is_barrier(op) ? kCandidate | kBarrier : kConstant;
  }
}

/// Whether the node's last argument is a lambda over events, which end there.
bool runs_over_events(Op op) {
  switch (op) {
    case Op::sequence_where:
    case Op::sequence_count:
    case Op::sequence_sum:
    case Op::sequence_mean:
    case Op::sequence_min:
    case Op::sequence_max:
      return true;
    default:
      return false;
  }
}

}  // namespace

uint8_t level_of(const Exprs& exprs, const Node& node) {
  uint8_t level = own_level(node.op);
  for (const ExprId arg : node.args) level = static_cast<uint8_t>(level | exprs[arg].level);
  return runs_over_events(node.op) ? static_cast<uint8_t>(level & ~kEvent) : level;
}

ExprId Exprs::add(Node node) {
  const size_t hash = hash_node(node);
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (same_node(nodes_[it->second], node)) return it->second;
  }
  const auto id = static_cast<ExprId>(nodes_.size());
  nodes_.push_back(std::move(node));
  by_hash_.emplace(hash, id);
  return id;
}

bool reads_columns(const Exprs& exprs, ExprId id, const std::vector<uint8_t>& marked) {
  if (std::find(marked.begin(), marked.end(), 1) == marked.end()) return false;
  std::vector<uint8_t> seen(id + 1, 0);  // arguments stand before their users
  std::vector<ExprId> open{id};
  while (!open.empty()) {
    const ExprId at = open.back();
    open.pop_back();
    if (seen[at] != 0) continue;
    seen[at] = 1;
    const Node& node = exprs[at];
    if (node.op == Op::let_column && node.index < marked.size() && marked[node.index] != 0) return true;
    open.insert(open.end(), node.args.begin(), node.args.end());
  }
  return false;
}

}  // namespace rec::graph
