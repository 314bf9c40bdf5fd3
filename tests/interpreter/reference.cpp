// Expressions evaluated as the language defines them, one row at a time, but for what looks at many.
#include <cstring>
#include <stdexcept>

#include "tests/interpreter/reference.h"

namespace rec::interpreter {

using graph::Node;
using graph::Op;
using types::Kind;

const store::Table& Reference::items_of(size_t log) const {
  return *context_.generation().table(context_.generation().catalog().events[log].item_table);
}

Cell Reference::literal(const types::Value& value, const types::Type& type) {
  if (std::holds_alternative<std::monostate>(value)) return Cell::of<uint64_t>(0, false);
  if (const auto* b = std::get_if<bool>(&value)) return Cell::of<uint8_t>(*b ? 1 : 0);
  if (const auto* i = std::get_if<int64_t>(&value)) {
    if (type.kind == Kind::floating) return Cell::of(static_cast<float>(*i));
    return type.kind == Kind::enumeration ? Cell::of(static_cast<int32_t>(*i)) : Cell::of(*i);
  }
  if (const auto* f = std::get_if<float>(&value)) return Cell::of(*f);
  if (const auto* s = std::get_if<std::string>(&value)) return Cell::of(context_.strings().intern(*s));
  column::ListRef list;
  const auto fill = [&](const auto& from, auto convert) {
    using Out = decltype(convert(from[0]));
    const auto out = context_.arena().allocate<Out>(from.size());
    for (size_t i = 0; i < from.size(); ++i) out[i] = convert(from[i]);
    list = {.data = out.data(), .size = static_cast<uint32_t>(from.size())};
  };
  if (const auto* v = std::get_if<std::vector<int64_t>>(&value)) fill(*v, [](int64_t x) { return x; });
  if (const auto* v = std::get_if<std::vector<float>>(&value)) fill(*v, [](float x) { return x; });
  if (const auto* v = std::get_if<std::vector<std::string>>(&value))
    fill(*v, [&](const std::string& x) { return context_.strings().intern(x); });
  return Cell::of(list);
}

Cell Reference::stored(const store::Table& table, size_t column, uint32_t row) {
  const column::ColumnView& view = table.columns()[column];
  const bool present = view.has(row);
  const auto recode = [&](int32_t code) { return context_.strings().intern(table.strings().text(code)); };
  switch (view.type.kind) {
    case Kind::boolean:
      return Cell::of(static_cast<uint8_t>(view.integer(row)), present);
    case Kind::floating:
      return Cell::of(view.floating(row), present);
    case Kind::vector:
      return Cell::of(view.vector(row), present);
    case Kind::string:
      return Cell::of(present ? recode(static_cast<int32_t>(view.integer(row))) : 0, present);
    case Kind::list: {
      column::ListRef list = view.list(row);
      if (view.type.element == Kind::string) {
        const auto codes = context_.arena().allocate<int32_t>(list.size);
        for (uint32_t i = 0; i < list.size; ++i) codes[i] = recode(list.as<int32_t>()[i]);
        list.data = codes.data();
      }
      return Cell::of(list, present);
    }
    default:
      return Cell::of(view.integer(row), present);
  }
}

Cell Reference::call(const Node& node, const Place& place) {
  std::vector<Cell> cells;
  for (const auto arg : node.args) cells.push_back(evaluate(arg, place));
  std::vector<operators::Operand> operands;
  for (size_t i = 0; i < cells.size(); ++i) {
    operands.push_back({.data = cells[i].bytes.data(), .type = &plan_.exprs[node.args[i]].type});
  }
  const operators::KernelContext kernel{.strings = &context_.strings(),
                                        .generation = &context_.generation(),
                                        .timezone = context_.generation().catalog().timezone};
  Cell out;
  uint8_t present = 1;
  node.overload->kernel({.n = 1,
                         .args = operands,
                         .out = out.bytes.data(),
                         .out_present = node.overload->result.optional ? &present : nullptr,
                         .context = &kernel});
  out.present = present != 0;
  return out;
}

Cell Reference::provenance(const Node& node, const Place& place) {
  if (node.op == Op::channel_count) {
    int64_t count = 0;
    for (const ChannelColumn& channel : batch_->channels) count += channel.position[place.candidate] > 0 ? 1 : 0;
    return Cell::of(count);
  }
  const ChannelColumn& channel = batch_->channels[node.index];
  const int32_t position = channel.position[place.candidate];
  if (node.op == Op::from_channel) return Cell::of<uint8_t>(position > 0 ? 1 : 0);
  if (node.op == Op::position_in) return Cell::of<int64_t>(position > 0 ? position : 0, position > 0);
  const bool scored = position > 0 && !channel.score.empty();
  return Cell::of(scored ? channel.score[place.candidate] : 0.0F, scored);
}

bool Reference::in_list(const Node& node, const Place& place) {
  const Cell x = evaluate(node.args[0], place);
  const auto list = evaluate(node.args[1], place).as<column::ListRef>();
  const Kind left = plan_.exprs[node.args[0]].type.kind, right = plan_.exprs[node.args[1]].type.element;
  for (uint32_t i = 0; i < list.size; ++i) {
    switch (right) {
      case Kind::boolean:
        if (list.as<uint8_t>()[i] == x.as<uint8_t>()) return true;
        break;
      case Kind::string:
        if (list.as<int32_t>()[i] == x.as<int32_t>()) return true;
        break;
      case Kind::row:
        if (list.as<uint32_t>()[i] == x.as<uint32_t>()) return true;
        break;
      case Kind::floating:
        if (left == Kind::floating ? list.as<float>()[i] == x.as<float>()
                                   : static_cast<double>(list.as<float>()[i]) == static_cast<double>(x.as<int64_t>())) {
          return true;
        }
        break;
      default:
        if (list.as<int64_t>()[i] == x.as<int64_t>()) return true;
        break;
    }
  }
  return false;
}

Cell Reference::evaluate(graph::ExprId id, const Place& place) {
  const Node& node = plan_.exprs[id];
  const auto arg = [&](size_t i) { return evaluate(node.args[i], place); };
  const store::Generation& generation = context_.generation();
  switch (node.op) {
    case Op::constant:
      return literal(node.value, node.type);
    case Op::parameter:
      return literal(context_.inputs().parameters[node.index], node.type);
    case Op::request_field:
      if (node.index == 0) return Cell::of(context_.inputs().now);
      if (node.index == 1) return Cell::of(context_.strings().intern(context_.inputs().id));
      return literal(context_.inputs().fields[node.index - 2], node.type);
    case Op::user_row:
      return Cell::of(context_.inputs().user_row.value_or(column::kNoRow));
    case Op::user_column: {
      if (context_.inputs().user_row)
        return stored(generation.table(plan_.user_table), node.index, *context_.inputs().user_row);
      if (node.index == 0) return Cell::of(std::get<int64_t>(context_.inputs().user_key));
      return literal((*generation.catalog().tables[plan_.user_table].unknown)[node.index], node.type);
    }
    case Op::item_row:
      return Cell::of(item_row(place));
    case Op::item_column:
      return stored(generation.table(plan_.item_table), node.index, item_row(place));
    case Op::let_column: {
      const BatchColumn& column = batch_->lets[node.index];
      const size_t width = types::width(node.type);
      Cell cell;
      std::memcpy(cell.bytes.data(), column.values.data() + place.candidate * width, width);
      cell.present = column.present == nullptr || column.present[place.candidate] != 0;
      return cell;
    }
    case Op::channel_emit: {  // of any width: whoever fills them knows
      const auto& emits = batch_->channels[node.index].emits;
      Cell cell;
      cell.present = node.index2 < emits.size() && emits[node.index2].present[place.candidate] != 0;
      if (!cell.present) return cell;
      const auto& column = emits[node.index2];
      const size_t width = column.values.size() / batch_->rows.size();
      std::memcpy(cell.bytes.data(), column.values.data() + place.candidate * width, width);
      return cell;
    }
    case Op::from_channel:
    case Op::score_in:
    case Op::position_in:
    case Op::channel_count:
      return provenance(node, place);
    case Op::event_time:
      return Cell::of(place.events->time[place.event]);
    case Op::event_item:
      return Cell::of(place.events->item[place.event]);
    case Op::event_column: {
      const auto& column = place.events->columns[node.index];
      const size_t width = types::width(node.type);
      Cell cell;
      std::memcpy(cell.bytes.data(), static_cast<const std::byte*>(column.data) + place.event * width, width);
      cell.present = column.present == nullptr || column.present[place.event] != 0;
      return cell;
    }
    case Op::event_item_column:
      return stored(items_of(place.log), node.index, place.events->item[place.event]);
    case Op::row_column:
      return stored(generation.table(node.index2), node.index, arg(0).as<uint32_t>());
    case Op::call:
      return call(node, place);
    case Op::to_float: {
      const Cell x = arg(0);
      return Cell::of(static_cast<float>(x.as<int64_t>()), x.present);
    }
    case Op::logical_and:
      return arg(0).as<uint8_t>() != 0 ? arg(1) : Cell::of<uint8_t>(0);
    case Op::logical_or:
      return arg(0).as<uint8_t>() != 0 ? Cell::of<uint8_t>(1) : arg(1);
    case Op::logical_not:
      return Cell::of<uint8_t>(arg(0).as<uint8_t>() == 0 ? 1 : 0);
    case Op::choose:
      return arg(0).as<uint8_t>() != 0 ? arg(1) : arg(2);
    case Op::coalesce: {
      const Cell x = arg(0);
      return x.present ? x : arg(1);
    }
    case Op::is_missing:
      return Cell::of<uint8_t>(arg(0).present ? 0 : 1);
    case Op::assume_present: {
      Cell x = arg(0);
      x.present = true;
      return x;
    }
    case Op::make_optional:
      return arg(0);
    case Op::rows_of_keys: {
      const auto keys = arg(0).as<column::ListRef>();
      const auto rows = context_.arena().allocate<uint32_t>(keys.size);
      uint32_t found = 0;
      for (uint32_t i = 0; i < keys.size; ++i) {
        if (const auto row = generation.table(node.index2).find(keys.as<int64_t>()[i])) rows[found++] = *row;
      }
      return Cell::of(column::ListRef{.data = rows.data(), .size = found});
    }
    case Op::in_list:
      return Cell::of<uint8_t>(in_list(node, place) ? 1 : 0);
    case Op::in_sequence: {
      const auto row = arg(0).as<uint32_t>();
      const Events all = events(node.args[1], place);
      for (const size_t i : all.which) {
        if (all.columns->item[i] == row) return Cell::of<uint8_t>(1);
      }
      return Cell::of<uint8_t>(0);
    }
    case Op::length:
      return Cell::of<int64_t>(arg(0).as<column::ListRef>().size);
    case Op::element: {
      const auto list = arg(0).as<column::ListRef>();
      const auto at = arg(1).as<int64_t>();
      if (at < 0 || at >= static_cast<int64_t>(list.size)) return Cell::of<uint64_t>(0, false);
      const size_t width = types::width(types::required(node.type));
      Cell cell;
      std::memcpy(cell.bytes.data(), static_cast<const std::byte*>(list.data) + static_cast<size_t>(at) * width, width);
      return cell;
    }
    case Op::sequence_count:
    case Op::sequence_sum:
    case Op::sequence_mean:
    case Op::sequence_min:
    case Op::sequence_max:
      return aggregate(node, place);
    case Op::barrier_rank:
    case Op::barrier_minmax:
    case Op::barrier_zscore:
    case Op::barrier_mean:
    case Op::barrier_total:
    case Op::barrier_largest:
    case Op::barrier_smallest:
    case Op::barrier_count:
      return barrier(node, place);
    default:
      throw std::logic_error("no value");
  }
}

}  // namespace rec::interpreter
