// Aggregates over a user's events that read the candidate: the result of the candidate's group.
#include "compiler/graph/split.h"
#include "runtime/native/lower.h"

namespace rec::native {

using form::Id;
using form::Lane;
using graph::ExprId;
using types::Kind;
using FormOp = form::Op;

namespace {

/// Dictionaries up to here have a result for each of their codes.
constexpr uint32_t kLaidOut = 1U << 16;

}  // namespace

std::optional<Lowering::Value> Lowering::looked_up(ExprId id) {
  const graph::Node& node = exprs_[id];
  if ((node.level & graph::kBarrier) != 0) return std::nullopt;
  const graph::Split split = graph::split(of_.plan, id);
  if (!graph::is_look_up(split) || split.as_double) return std::nullopt;
  const graph::Node& key = exprs_[split.operands[split.candidate_key]];
  if (key.type.optional) return std::nullopt;
  const bool row = key.op == graph::Op::item_row;
  if (key.type.kind != Kind::integer && key.type.kind != Kind::string && !row) return std::nullopt;

  const auto memory = [&](Source source, Storage storage) {
    return Memory{.source = source, .storage = storage, .expr = id};
  };
  const Id value = this->value(split.operands[split.candidate_key]).id;
  const bool laid_out =
      key.op == graph::Op::item_column && key.type.kind == Kind::string && items_.strings().size() <= kLaidOut;
  Id at = value;
  const Id nothing = uniform(memory(Source::no_group, Storage::i32));
  if (!laid_out) {
    const Id wide = key.type.kind == Kind::integer ? value : this->node(FormOp::widen, Lane::i64, value);
    kernel_.memory.push_back(memory(Source::groups, Storage::i64));
    const Id number =
        kernel_.graph.add({.op = FormOp::find, .lane = Lane::i32, .a = wide, .bits = kernel_.memory.size() - 1});
    const Id none = this->node(FormOp::less, Lane::truth, number, kernel_.graph.constant(Lane::i32, 0));
    at = this->node(FormOp::select, Lane::i32, none, nothing, number);
  } else {
    at = load(memory(Source::group_of_code, Storage::i32), value);
  }
  for (const size_t gate : split.gates)
    at = this->node(FormOp::select, Lane::i32, this->value(split.operands[gate]).id, at, nothing);
  Value out{load(memory(Source::results, physical(node.type.kind)), at)};
  if (node.type.optional) out.present = load(memory(Source::results_present, Storage::u8), at);
  return out;
}

}  // namespace rec::native
