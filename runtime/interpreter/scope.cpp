// Request-level values: each is computed once, from its arguments, when it is first asked for.
#include "runtime/interpreter/scope.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/interpreter/accumulate.h"
#include "runtime/interpreter/correlated.h"
#include "runtime/interpreter/layout.h"
#include "runtime/interpreter/literal.h"
#include "runtime/interpreter/row_wise.h"
#include "runtime/interpreter/stored_column.h"

namespace rec::interpreter {

using graph::ExprId;
using graph::Node;
using graph::Op;
using types::Kind;

Scope::Scope(const graph::Plan& plan, const store::Generation* generation, const store::Table& items,
             RequestInputs inputs, column::StringSpace& strings, column::Arena& arena, std::string_view zone)
    : plan_(plan),
      generation_(generation),
      items_(items),
      inputs_(std::move(inputs)),
      strings_(strings),
      arena_(arena),
      kernel_{.strings = &strings, .generation = generation, .items = &items, .timezone = zone},
      layouts_(Layouts::of(plan)),
      values_(plan.exprs.size()) {}

Scope::~Scope() = default;

std::byte* Scope::borrow(size_t bytes) {
  const auto spare = std::ranges::find(spare_, bytes, &Spare::bytes);
  if (spare == spare_.end() || spare->pieces.empty()) return static_cast<std::byte*>(arena_.allocate_bytes(bytes));
  std::byte* const memory = spare->pieces.back();
  spare->pieces.pop_back();
  return memory;
}

void Scope::give_back(std::byte* memory, size_t bytes) {
  auto spare = std::ranges::find(spare_, bytes, &Spare::bytes);
  if (spare == spare_.end()) spare = spare_.insert(spare_.end(), Spare{.bytes = bytes});
  spare->pieces.push_back(memory);
}

Values Scope::value(ExprId id) {
  if (!values_[id]) values_[id] = compute(id);
  return *values_[id];
}

Values Scope::compute(ExprId id) {
  const Node& n = node(id);
  if (is_row_wise(n.op)) return row_wise(id);
  switch (n.op) {
    case Op::constant:
      return literal(n.value, n.type, strings_, arena_);
    case Op::parameter:
      return literal(inputs_.parameters[n.index], n.type, strings_, arena_);
    case Op::request_field:
      if (n.index == 0) return single(inputs_.now, arena_);
      if (n.index == 1) return single(strings_.intern(inputs_.id), arena_);
      return literal(inputs_.fields[n.index - 2], n.type, strings_, arena_);
    case Op::user_row:
      return single(inputs_.user_row.value_or(column::kNoRow), arena_);
    case Op::user_column:
      return user_column(n);
    case Op::row_column:
      return column_of_row(n, value(n.args[0]).as<uint32_t>()[0]);
    case Op::rows_of_keys:
      return rows_of_keys(n);
    case Op::in_list:
      return single<uint8_t>(in_list(n) ? 1 : 0, arena_);
    case Op::in_sequence:
      return single<uint8_t>(in_sequence(n) ? 1 : 0, arena_);
    case Op::sequence_count:
    case Op::sequence_sum:
    case Op::sequence_mean:
    case Op::sequence_min:
    case Op::sequence_max:
      return aggregate(n);
    default:
      assert(false && "not an expression of request level");
      return missing(n.type, arena_);
  }
}

// `and`, `or`, `if` and `??` evaluate only what decides.
Values Scope::row_wise(ExprId id) {
  const Node& n = node(id);
  const Values first = n.args.empty() ? Values{} : value(n.args[0]);
  switch (n.op) {
    case Op::assume_present:
      return {.data = first.data};
    case Op::make_optional:
      return first;
    case Op::logical_and:
      return *first.as<uint8_t>() != 0 ? value(n.args[1]) : first;
    case Op::logical_or:
      return *first.as<uint8_t>() != 0 ? first : value(n.args[1]);
    case Op::choose:
      return value(n.args[*first.as<uint8_t>() != 0 ? 1 : 2]);
    case Op::coalesce:
      return first.has(0) ? Values{.data = first.data} : value(n.args[1]);
    default:
      break;
  }
  std::vector<operators::Operand> args;
  for (const ExprId arg : n.args) {
    const Values v = value(arg);
    args.push_back({.data = v.data, .present = v.present, .uniform = true, .type = &node(arg).type});
  }
  void* out = arena_.allocate_bytes(types::width(n.type));
  uint8_t* present = n.type.optional ? arena_.allocate<uint8_t>(1).data() : nullptr;
  run_row_wise(n, args, 1, out, present, kernel_);
  return {.data = out, .present = present};
}

Values Scope::user_column(const Node& n) {
  const size_t table = plan_.user_table;
  if (inputs_.user_row) {
    const StoredColumn column = stored_column(*this, generation_->table(table), n.index);
    void* out = arena_.allocate_bytes(types::width(n.type));
    uint8_t* present = n.type.optional ? arena_.allocate<uint8_t>(1).data() : nullptr;
    read_rows(*this, column, &*inputs_.user_row, 1, out, present);
    return {.data = out, .present = present};
  }
  const catalog::Table& described = generation_->catalog().tables[table];
  if (n.index == described.key) {  // a user without a row still has the key it came with
    if (const auto* text = std::get_if<std::string>(&inputs_.user_key)) return single(strings_.intern(*text), arena_);
    return single(std::get<int64_t>(inputs_.user_key), arena_);
  }
  const bool given = described.unknown.has_value() && n.index < described.unknown->size();
  return literal(given ? (*described.unknown)[n.index] : types::Value{}, n.type, strings_, arena_);
}

Values Scope::column_of_row(const Node& n, uint32_t row) {
  void* out = arena_.allocate_bytes(types::width(n.type));
  uint8_t* present = n.type.optional ? arena_.allocate<uint8_t>(1).data() : nullptr;
  read_rows(*this, stored_column(*this, generation_->table(n.index2), n.index), &row, 1, out, present);
  return {.data = out, .present = present};
}

Values Scope::rows_of_keys(const Node& n) {
  const auto& keys = *value(n.args[0]).as<column::ListRef>();
  const store::Table& table = generation_->table(n.index2);
  const auto rows = arena_.allocate<uint32_t>(keys.size);
  uint32_t found = 0;
  const bool text = node(n.args[0]).type.element == Kind::string;
  for (uint32_t i = 0; i < keys.size; ++i) {
    const auto row = text ? table.find(strings_.text(keys.as<int32_t>()[i])) : table.find(keys.as<int64_t>()[i]);
    if (row) rows[found++] = *row;
  }
  return single(column::ListRef{.data = rows.data(), .size = found}, arena_);
}

bool Scope::in_list(const Node& n) {
  const Kind kind = node(n.args[0]).type.kind;
  const bool as_double = compares_as_double(kind, node(n.args[1]).type.element);
  uint64_t key = 0;
  uint8_t valid = 0;
  make_keys(value(n.args[0]).data, kind, as_double, 1, &key, &valid);
  return valid != 0 && list_set(n.args[1], as_double).find(key) != KeySet::kNone;
}

bool Scope::in_sequence(const Node& n) {
  const uint32_t row = *value(n.args[0]).as<uint32_t>();
  return sequence_set(n.args[1]).has(row);
}

Values Scope::aggregate(const Node& n) {
  const column::EventColumns& events = sequence(n.args[0]);
  const Reduction reduction = reduction_of(plan_.exprs, n);
  const Values body = n.args.size() > 1 ? on_events(n.args[1], events, events_of(n.args[0])) : Values{};
  Accumulator all;
  for (size_t i = 0; i < events.size; ++i) {
    const bool counts = n.op != Op::sequence_count || n.args.size() < 2 || body.as<uint8_t>()[i] != 0;
    if (counts) all.add(reduction, body, i);
  }
  void* out = arena_.allocate_bytes(types::width(n.type));
  uint8_t* present = n.type.optional ? arena_.allocate<uint8_t>(1).data() : nullptr;
  all.finish(reduction, out, present, 0);
  return {.data = out, .present = present};
}

const KeySet& Scope::list_set(ExprId list, bool as_double) {
  const auto [at, fresh] = sets_.try_emplace({list, as_double});
  if (fresh) {
    const auto& elements = *value(list).as<column::ListRef>();
    at->second = std::make_shared<KeySet>(set_of(elements.data, node(list).type.element, as_double, elements.size));
  }
  return *at->second;
}

const RowSet& Scope::sequence_set(ExprId id) {
  const auto [at, fresh] = row_sets_.try_emplace(id);
  if (fresh) {
    const column::EventColumns& events = sequence(id);
    at->second = std::make_shared<RowSet>(std::span(events.item, events.size), items_of(events_of(id)).rows());
  }
  return *at->second;
}

bool Scope::same_codes(const store::Table& table) const {
  return &table == &items_ && &strings_.base() == &items_.strings();
}

int32_t Scope::translate(const store::Table& table, int32_t code) {
  if (generation_ == nullptr) return strings_.intern(table.strings().text(code));
  const store::Translation*& known = translations_[&table];
  if (known == nullptr) known = &generation_->translation(table, items_);
  const int32_t own = (*known)(code);
  return own != store::Translation::kUnknown ? own : strings_.intern(table.strings().text(code));
}

column::ListRef Scope::translate(const store::Table& table, column::ListRef codes) {
  const auto out = arena_.allocate<int32_t>(codes.size);
  for (uint32_t i = 0; i < codes.size; ++i) out[i] = translate(table, codes.as<int32_t>()[i]);
  return {.data = out.data(), .size = codes.size};
}

}  // namespace rec::interpreter
