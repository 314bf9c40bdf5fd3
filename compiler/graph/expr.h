// Typed expressions of a plan: one table of nodes, shared where equal, arguments before their users.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/source/source.h"
#include "compiler/types/type.h"
#include "operators/operator.h"

namespace rec::graph {

using ExprId = uint32_t;
inline constexpr ExprId kNoExpr = UINT32_MAX;

enum class Op : uint8_t {
  constant,           // `value`
  parameter,          // plan.parameters[index]
  request_field,      // index: 0 request.now, 1 request.id, 2 + i the catalog's i-th request field
  user_row,           // the user as a row of its table (int row id; kNoRow for an unknown user)
  user_column,        // index: column of the user table
  item_row,           // the candidate
  item_column,        // index: column of the item table
  let_column,         // index: plan.let_columns[index], computed by a `let` step before
  from_channel,       // index: channel
  score_in,           // index: channel
  position_in,        // index: channel
  channel_count,      // channels()
  event_time,         // e.time
  event_item,         // e.item
  event_column,       // e.NAME; index: column of the events
  event_item_column,  // e.item.NAME; index: column of the events' item table
  row_column,         // args[0] is a row of table `index2`; index: column
  call,               // function overload `overload` of `def` on args
  to_float,           // int -> float; T? -> T? of the same
  logical_and,
  logical_or,
  logical_not,      // two-valued
  choose,           // if args[0] then args[1] else args[2]
  coalesce,         // args[0] ?? args[1]
  is_missing,       // args[0] is none
  assume_present,   // T? -> T where the checker has proved it (narrowing); its value where missing is zero and never
                    // decides anything
  make_optional,    // T -> T?
  rows_of_keys,     // list of keys -> list of rows of table `index2`; unknown keys are left out (request level)
  in_list,          // args[0] in args[1], a list
  in_sequence,      // args[0], a row, in args[1], a sequence
  length,           // len(list)
  element,          // list[int] : T?
  sequence,         // the user's sequence `index` (of the catalog)
  sequence_last,    // args[0].last(args[1])
  sequence_within,  // args[0].within(args[1]): e.time > request.now - d
  sequence_where,   // args[0].where(e => args[1])
  sequence_count,   // args[0].count() or .count(e => args[1])
  sequence_sum,
  sequence_mean,
  sequence_min,
  sequence_max,     // args[0].sum(e => args[1])
  sequence_latest,  // args[0].search(like: args[1], k: args[2]); index: column of the events' items; a model input only
  sequence_nearest,  // args[0].search(near: args[1], k: args[2]); index: vector column of the events' items
  barrier_rank,      // of args[0] over the candidates present before the step; the barriers stand together
  barrier_minmax,
  barrier_zscore,
  barrier_mean,
  barrier_total,
  barrier_largest,
  barrier_smallest,
  barrier_count,  // no args
  channel_emit,   // CHANNEL.name: what a channel's pipeline emits; index: channel, index2: emit of its plan
  model_user,     // MODEL.user, request level; index: model of the catalog
  index_user,     // INDEX.user, request level; index: index of the catalog, by als
  record,         // fields of `type`, one an argument; never evaluated as a whole
};

constexpr bool is_barrier(Op op) {
  return op >= Op::barrier_rank && op <= Op::barrier_count;
}

/// What a value depends on; bits. A value without bits is known when the plan is made (parameters count as request).
enum Level : uint8_t { kConstant = 0, kRequest = 1, kEvent = 2, kCandidate = 4, kBarrier = 8 };

struct Node {
  Op op;
  types::Type type;
  uint8_t level = kConstant;
  std::vector<ExprId> args{};
  uint32_t index = 0, index2 = 0;
  types::Value value{};
  const operators::OperatorDef* def = nullptr;    // call
  const operators::Overload* overload = nullptr;  // call
  source::Span span{};                            // where it was first written
};

/// The node table. `add` returns the id of an equal node where there is one (common subexpressions cost once).
class Exprs {
 public:
  ExprId add(Node node);
  const Node& operator[](ExprId id) const { return nodes_[id]; }
  size_t size() const { return nodes_.size(); }

 private:
  std::vector<Node> nodes_;
  std::unordered_multimap<size_t, ExprId> by_hash_;
};

/// What a node depends on, by what it is and by the levels of its arguments.
uint8_t level_of(const Exprs& exprs, const Node& node);

/// Whether a value is the same for all candidates and events of a request.
inline bool is_of_request(const Node& node) {
  return (node.level & ~kRequest) == 0;
}

/// Whether a value depends on one of the `let` columns that are marked; columns beyond the marks are not.
bool reads_columns(const Exprs& exprs, ExprId id, const std::vector<uint8_t>& marked);

}  // namespace rec::graph
