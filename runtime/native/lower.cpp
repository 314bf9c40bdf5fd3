// Expressions as lanes: columns, constants, calls, missing values.
#include "runtime/native/lower.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace rec::native {

using form::Id;
using form::Lane;
using graph::ExprId;
using graph::Node;
using types::Kind;
using FormOp = form::Op;
using ExprOp = graph::Op;

namespace {

constexpr uint8_t kVarying = graph::kCandidate | graph::kBarrier | graph::kEvent;

/// Of ints stored in `width` bytes.
Storage storage_of(uint32_t width) {
  return width == 1 ? Storage::i8 : width == 2 ? Storage::i16 : width == 4 ? Storage::i32 : Storage::i64;
}

bool is_whole(Kind kind) {
  return kind == Kind::integer || kind == Kind::time || kind == Kind::duration;
}

}  // namespace

std::optional<Lane> lane_of(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return Lane::truth;
    case Kind::integer:
    case Kind::time:
    case Kind::duration:
      return Lane::i64;
    case Kind::floating:
      return Lane::f32;
    case Kind::string:
    case Kind::row:
    case Kind::enumeration:
      return Lane::i32;
    default:
      return std::nullopt;
  }
}

Storage physical(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return Storage::u8;
    case Kind::floating:
      return Storage::f32;
    case Kind::string:
    case Kind::row:
    case Kind::enumeration:
      return Storage::i32;
    default:
      return Storage::i64;
  }
}

Lowering::Lowering(const Specialisation& of, Kernel::Does does)
    : exprs_(of.plan.exprs),
      of_(of),
      items_(of.generation.table(of.plan.item_table)),
      values_(exprs_.size()),
      unwritten_(of.plan.let_columns.size(), 0),
      inlined_(of.plan.let_columns.size(), graph::kNoExpr) {
  kernel_.does = does;
  for (int i = 0; i < 3; ++i) kernel_.graph.argument(Lane::i32);
}

void Lowering::require(ExprId condition) {
  kernel_.predicates.push_back(value(condition).id);
}

void Lowering::output(ExprId expr) {
  const Value v = value(expr);
  const types::Type& type = exprs_[expr].type;
  Output out{.value = v.id, .storage = physical(type.kind)};
  if (type.optional) out.present = v.present.value_or(truth(true));
  kernel_.outputs.push_back(out);
}

std::optional<size_t> Lowering::cost_of(ExprId expr) const {
  Lowering with(*this);
  with.output(expr);
  const auto dear = [](const Kernel& kernel) {
    const auto computed = std::ranges::count(kernel.memory, Source::computed, &Memory::source);
    const auto searches = std::ranges::count(kernel.graph.nodes(), FormOp::find, &form::Node::op);
    return static_cast<size_t>(computed + searches) + kernel.calls.size();
  };
  if (dear(with.kernel_) > dear(kernel_)) return std::nullopt;
  return with.kernel_.graph.size() - kernel_.graph.size();
}

bool Lowering::order_by(const graph::Order& by) {
  const Kind kind = exprs_[by.key].type.kind;
  if (kind != Kind::floating && !is_whole(kind)) return false;
  kernel_.key = value(by.key).id;
  kernel_.ascending = by.ascending;
  return true;
}

void Lowering::inline_let(uint32_t column, ExprId value) {
  inlined_[column] = value;
  unwritten_[column] = 1;
}

std::optional<Kernel> Lowering::finish(Little little) {
  settle_calls();
  const auto is_work = [](const form::Node& node) { return node.op > FormOp::constant && node.op != FormOp::load; };
  const auto work = std::ranges::count_if(kernel_.graph.nodes(), is_work);
  if (little == Little::is_left && kernel_.has_computed() && kernel_.calls.empty() && work < 3) return std::nullopt;
  return std::move(kernel_);
}

Lowering::Value Lowering::value(ExprId id) {
  if (!values_[id]) {
    values_[id] = lower(id);
    kernel_.spans.resize(kernel_.graph.size(), exprs_[id].span);  // those of operands have theirs
  }
  return *values_[id];
}

Lowering::Value Lowering::lower(ExprId id) {
  const Node& n = exprs_[id];
  if ((n.level & kVarying) == 0 && !known_with_parameters(id)) return request_value(id);
  switch (n.op) {
    case ExprOp::constant:
      return constant(n.value, n.type);
    case ExprOp::parameter:
      return constant(of_.parameters[n.index], n.type);
    case ExprOp::item_row:
      return {Kernel::kRow};
    case ExprOp::item_column:
      return lane_of(n.type.kind) ? stored(n) : computed(id);
    case ExprOp::let_column:
      if (inlined_[n.index] != graph::kNoExpr) return value(inlined_[n.index]);
      return lane_of(n.type.kind) ? let(n) : computed(id);
    case ExprOp::from_channel:
    case ExprOp::score_in:
    case ExprOp::position_in:
    case ExprOp::channel_count:
      return provenance(n);
    case ExprOp::call:
      return call(id);
    case ExprOp::to_float: {
      const Value x = value(n.args[0]);
      return {node(FormOp::to_float, Lane::f32, x.id), x.present};
    }
    case ExprOp::logical_and:
      return {both(value(n.args[0]).id, value(n.args[1]).id)};
    case ExprOp::logical_or:
      return {either(value(n.args[0]).id, value(n.args[1]).id)};
    case ExprOp::logical_not:
      return {negated(value(n.args[0]).id)};
    case ExprOp::choose:
      return lane_of(n.type.kind) ? choose(n) : computed(id);
    case ExprOp::coalesce:
      return lane_of(n.type.kind) ? coalesce(n) : computed(id);
    case ExprOp::is_missing: {
      if (!lane_of(exprs_[n.args[0]].type.kind)) return computed(id);
      const Value x = value(n.args[0]);
      return {x.present ? negated(*x.present) : truth(false)};
    }
    case ExprOp::assume_present:
    case ExprOp::make_optional: {
      if (!lane_of(n.type.kind)) return computed(id);
      Value x = value(n.args[0]);
      if (n.op == ExprOp::assume_present) x.present.reset();
      return x;
    }
    case ExprOp::in_list:
    case ExprOp::in_sequence:
      if (const auto found = membership(n)) return {*found};
      return computed(id);
    case ExprOp::sequence_count:
    case ExprOp::sequence_sum:
    case ExprOp::sequence_mean:
    case ExprOp::sequence_min:
    case ExprOp::sequence_max:
      if (const auto found = looked_up(id)) return *found;
      return computed(id);
    default:
      return computed(id);
  }
}

/// Whether nothing of a request but parameters goes in, and lanes can compute it: then it is a constant of the code.
bool Lowering::known_with_parameters(ExprId id) const {
  const Node& n = exprs_[id];
  if (!lane_of(n.type.kind) || n.type.kind == Kind::string) return false;
  switch (n.op) {
    case ExprOp::constant:
    case ExprOp::parameter:
      return true;
    case ExprOp::call:
      if (n.overload->form == nullptr) return false;
      break;
    case ExprOp::to_float:
    case ExprOp::logical_and:
    case ExprOp::logical_or:
    case ExprOp::logical_not:
    case ExprOp::choose:
    case ExprOp::coalesce:
    case ExprOp::is_missing:
    case ExprOp::assume_present:
    case ExprOp::make_optional:
      break;
    default:
      return false;
  }
  return std::ranges::all_of(n.args, [&](ExprId arg) { return known_with_parameters(arg); });
}

Lowering::Value Lowering::request_value(ExprId id) {
  const types::Type& type = exprs_[id].type;
  const Storage storage = physical(type.kind);
  Value out{uniform({.source = Source::value, .storage = storage, .expr = id})};
  if (type.optional) out.present = uniform({.source = Source::value_present, .storage = Storage::u8, .expr = id});
  return out;
}

Lowering::Value Lowering::constant(const types::Value& value, const types::Type& type) {
  Value out;
  if (type.optional) out.present = truth(!std::holds_alternative<std::monostate>(value));
  const Lane lane = *lane_of(type.kind);
  uint64_t bits = 0;
  if (const auto* whole = std::get_if<int64_t>(&value)) bits = static_cast<uint64_t>(*whole);
  if (const auto* flag = std::get_if<bool>(&value)) bits = *flag ? 1 : 0;
  if (const auto* number = std::get_if<float>(&value)) bits = std::bit_cast<uint32_t>(*number);
  out.id = kernel_.graph.constant(lane, lane == Lane::i32 ? bits & UINT32_MAX : bits);
  return out;
}

Lowering::Value Lowering::stored(const Node& n) {
  const column::ColumnView& view = items_.columns()[n.index];
  const bool whole = is_whole(view.type.kind);
  const Storage storage = whole ? storage_of(view.width) : physical(view.type.kind);
  Value out{load({.source = Source::item_column, .storage = storage, .index = n.index}, Kernel::kRow)};
  if (whole && storage != Storage::i64) out.id = node(FormOp::widen, Lane::i64, out.id);
  if (n.type.optional && view.present != nullptr)
    out.present = load({.source = Source::item_present, .storage = Storage::u8, .index = n.index}, Kernel::kRow);
  return out;
}

Lowering::Value Lowering::let(const Node& n) {
  const Storage storage = physical(n.type.kind);
  Value out{load({.source = Source::let, .storage = storage, .index = n.index}, Kernel::kCandidate)};
  if (n.type.optional)
    out.present = load({.source = Source::let_present, .storage = Storage::u8, .index = n.index}, Kernel::kCandidate);
  return out;
}

Lowering::Value Lowering::provenance(const Node& n) {
  const auto place = [&](uint32_t channel) {
    return load({.source = Source::position, .storage = Storage::i32, .index = channel}, Kernel::kCandidate);
  };
  const Id none = kernel_.graph.constant(Lane::i32, 0);
  const auto there = [&](uint32_t channel) { return node(FormOp::less, Lane::truth, none, place(channel)); };
  if (n.op == ExprOp::channel_count) {
    const auto& channels = std::get<graph::RecallStep>(of_.plan.steps.front().what).channels;
    Id count = kernel_.graph.constant(Lane::i64, 0);
    for (uint32_t c = 0; c < channels.size(); ++c)
      count = node(FormOp::add, Lane::i64, count, node(FormOp::widen, Lane::i64, there(c)));
    return {count};
  }
  Id from = there(n.index);
  if (n.op == ExprOp::from_channel) return {from};
  if (n.op == ExprOp::position_in) return {node(FormOp::widen, Lane::i64, place(n.index)), from};
  from = both(from, uniform({.source = Source::score_there, .storage = Storage::u8, .index = n.index}));
  const Id score = load({.source = Source::score, .storage = Storage::f32, .index = n.index}, Kernel::kCandidate);
  return {node(FormOp::select, Lane::f32, from, score, kernel_.graph.constant(Lane::f32, 0)), from};
}

Lowering::Value Lowering::call(ExprId id) {
  const Node& n = exprs_[id];
  if (n.overload->form == nullptr) return computed(id);
  if (const auto shorter = older_than(n)) return *shorter;
  std::vector<Id> arguments;
  for (const ExprId arg : n.args) arguments.push_back(value(arg).id);
  const form::Form form = of_.exponents ? n.overload->form() : form::basic(n.overload->form());
  if (const auto result = called(n.def->name, form, arguments)) return {*result};
  const auto [result, present] = kernel_.graph.insert(form, arguments);
  return {result, present};
}

/// `request.now - t < D` compares t with one time, `request.now - D`, known before the loop. Exactly: durations
/// saturate, so a D at the end of the range is left alone, and where the one time is out of range all candidates give
/// the same answer.
std::optional<Lowering::Value> Lowering::older_than(const Node& n) {
  const std::string& name = n.def->name;
  if (name != "<" && name != "<=" && name != ">" && name != ">=") return std::nullopt;
  const Node& age = exprs_[n.args[0]];
  if (age.type.kind != Kind::duration || age.op != ExprOp::call || age.def->name != "-" || age.args.size() != 2 ||
      exprs_[age.args[0]].type.kind != Kind::time || (exprs_[age.args[0]].level & kVarying) != 0) {
    return std::nullopt;
  }
  if (exprs_[age.args[1]].type.kind != Kind::time || !known_with_parameters(n.args[1])) return std::nullopt;
  const form::Node& limit = kernel_.graph[value(n.args[1]).id];
  constexpr auto kEnd = static_cast<uint64_t>(INT64_MAX);
  if (limit.op != FormOp::constant || limit.bits == kEnd || limit.bits == kEnd + 1) return std::nullopt;
  const bool negative = static_cast<int64_t>(limit.bits) < 0;
  const Id now = value(age.args[0]).id, t = value(age.args[1]).id, d = value(n.args[1]).id;
  const Id cut = node(FormOp::subtract, Lane::i64, now, d);
  // now - D beyond the largest time (D < 0), or before the smallest.
  const Id out_of_range =
      negative ? node(FormOp::less, Lane::truth, cut, now) : node(FormOp::less, Lane::truth, now, cut);
  const bool younger = name[0] == '<';
  const FormOp compare = name.size() == 1 ? FormOp::less : FormOp::less_equal;
  const Id found = younger ? node(compare, Lane::truth, cut, t) : node(compare, Lane::truth, t, cut);
  return Value{younger == negative ? both(found, negated(out_of_range)) : either(found, out_of_range)};
}

Lowering::Value Lowering::computed(ExprId id) {
  const types::Type& type = exprs_[id].type;
  assert(lane_of(type.kind) && "only scalars are handed over");
  reads_unwritten_ = reads_unwritten_ || graph::reads_columns(exprs_, id, unwritten_);
  Value out{load({.source = Source::computed, .storage = physical(type.kind), .expr = id}, Kernel::kPlace)};
  if (type.optional)
    out.present = load({.source = Source::computed_present, .storage = Storage::u8, .expr = id}, Kernel::kPlace);
  return out;
}

Lowering::Value Lowering::choose(const Node& n) {
  const Id which = value(n.args[0]).id;
  const Value yes = value(n.args[1]), no = value(n.args[2]);
  Value out{node(FormOp::select, *lane_of(n.type.kind), which, yes.id, no.id)};
  if (n.type.optional && (yes.present || no.present)) {
    const Id there = truth(true);
    out.present = node(FormOp::select, Lane::truth, which, yes.present.value_or(there), no.present.value_or(there));
  }
  return out;
}

Lowering::Value Lowering::coalesce(const Node& n) {
  const Value first = value(n.args[0]);
  if (!first.present) return first;
  const Value other = value(n.args[1]);
  Value out{node(FormOp::select, *lane_of(n.type.kind), *first.present, first.id, other.id)};
  if (n.type.optional && other.present) out.present = either(*first.present, *other.present);
  return out;
}

Id Lowering::load(const Memory& memory, Id at) {
  auto& all = kernel_.memory;
  const auto known = std::ranges::find(all, memory);
  const auto number = static_cast<uint64_t>(known - all.begin());
  if (known == all.end()) all.push_back(memory);
  const Lane lane = memory.storage == Storage::u8    ? Lane::truth
                    : memory.storage == Storage::f32 ? Lane::f32
                    : memory.storage == Storage::i64 ? Lane::i64
                                                     : Lane::i32;
  return kernel_.graph.add({.op = FormOp::load, .lane = lane, .a = at, .bits = number});
}

Id Lowering::uniform(const Memory& memory) {
  return load(memory, kernel_.graph.constant(Lane::i32, 0));
}

Id Lowering::node(FormOp op, Lane lane, Id a, Id b, Id c) {
  return kernel_.graph.add({.op = op, .lane = lane, .a = a, .b = b, .c = c});
}

Id Lowering::negated(Id a) {
  return node(FormOp::bit_xor, Lane::truth, a, truth(true));
}

}  // namespace rec::native
