// A user's sequences and what the language cuts from them; expressions over their events.
#include <algorithm>
#include <cassert>

#include "runtime/interpreter/key_set.h"
#include "runtime/interpreter/program.h"
#include "runtime/interpreter/row_wise.h"
#include "runtime/interpreter/scope.h"

namespace rec::interpreter {

using column::EventColumns;
using graph::ExprId;
using graph::Node;
using graph::Op;

namespace {

EventColumns first_events(EventColumns events, size_t count) {
  events.size = std::min(events.size, count);
  return events;
}

}  // namespace

const EventColumns& Scope::sequence(ExprId id) {
  const auto at = sequences_.find(id);
  if (at != sequences_.end()) return at->second;
  return sequences_.emplace(id, make_sequence(id)).first->second;
}

EventColumns Scope::make_sequence(ExprId id) {
  const Node& n = node(id);
  if (n.op == Op::sequence) return read(n.index);
  const EventColumns& events = sequence(n.args[0]);
  switch (n.op) {
    case Op::sequence_last:
      return first_events(events, static_cast<size_t>(std::max<int64_t>(integer(n.args[1]), 0)));
    case Op::sequence_within: {
      const int64_t after = saturated_difference(inputs_.now, integer(n.args[1]));
      const auto* end =
          std::partition_point(events.time, events.time + events.size, [after](int64_t t) { return t > after; });
      return first_events(events, static_cast<size_t>(end - events.time));
    }
    case Op::sequence_where:
      return filtered(events, n.args[1], events_of(id));
    default:
      assert(false && "not a sequence");
      return {};
  }
}

EventColumns Scope::read(size_t index) {
  const catalog::Catalog& catalog = generation_->catalog();
  EventColumns none;
  none.columns.resize(catalog.events[catalog.sequences[index].events].columns.size());
  if (!inputs_.user_row) return none;
  auto read = generation_->read_sequence(index, inputs_.user_key, strings_, arena_);
  if (!read) {
    if (!error_) error_ = read.error();
    return none;
  }
  gone_ += read->gone;
  return std::move(read->events);
}

EventColumns Scope::filtered(const EventColumns& events, ExprId condition, size_t events_index) {
  const auto* keep = on_events(condition, events, events_index).as<uint8_t>();
  const auto index = arena_.allocate<uint32_t>(events.size);
  size_t kept = 0;
  for (size_t i = 0; i < events.size; ++i) {
    index[kept] = static_cast<uint32_t>(i);
    kept += keep[i];
  }
  const auto take = [&](const void* from, size_t width) -> const void* {
    void* out = arena_.allocate_bytes(kept * width);
    gather(from, width, index.data(), kept, out);
    return out;
  };
  EventColumns out{.size = kept,
                   .time = static_cast<const int64_t*>(take(events.time, sizeof(int64_t))),
                   .item = static_cast<const uint32_t*>(take(events.item, sizeof(uint32_t))),
                   .columns = {}};
  const auto& described = generation_->catalog().events[events_index].columns;
  for (size_t c = 0; c < events.columns.size(); ++c) {
    const EventColumns::Column& column = events.columns[c];
    out.columns.push_back(
        {.data = take(column.data, types::width(described[c].type)),
         .present = column.present == nullptr ? nullptr : static_cast<const uint8_t*>(take(column.present, 1))});
  }
  return out;
}

Values Scope::on_events(ExprId body, const EventColumns& events, size_t events_index) {
  const auto [at, fresh] = event_values_.try_emplace({body, events.item, events.size});
  if (!fresh) return at->second;
  const types::Type& type = node(body).type;
  const size_t width = types::width(type);
  auto* out = static_cast<std::byte*>(arena_.allocate_bytes(events.size * width));
  uint8_t* present = type.optional ? arena_.allocate<uint8_t>(events.size).data() : nullptr;
  Program program(*this, {.kind = Program::Kind::events, .root = body, .event_items = &items_of(events_index)});
  program.run_all({.events = &events, .size = events.size}, out, present);
  return at->second = {.data = out, .present = present};
}

size_t Scope::events_of(ExprId sequence) const {
  while (node(sequence).op != Op::sequence) sequence = node(sequence).args[0];
  return generation_->catalog().sequences[node(sequence).index].events;
}

const store::Table& Scope::items_of(size_t events_index) const {
  if (generation_ == nullptr) return items_;
  const store::Table* table = generation_->table(generation_->catalog().events[events_index].item_table);
  assert(table != nullptr && "the catalog's tables are the generation's");
  return *table;
}

}  // namespace rec::interpreter
