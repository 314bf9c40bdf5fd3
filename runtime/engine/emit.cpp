// `emit`: values of the page's items as they leave the engine.
#include <algorithm>

#include "runtime/engine/missing.h"
#include "runtime/engine/run.h"
#include "runtime/interpreter/barriers.h"

namespace rec::engine {
namespace {

using types::Kind;
using types::Value;

/// Reads physical values out as values that stand on their own: strings as text, rows as keys.
class Reader {
 public:
  Reader(Run& run, const types::Type& type) : run_(run), type_(type) {
    if (!type.name.empty()) table_ = run.generation.table(type.name);
  }

  Value operator()(const interpreter::Values& values, size_t i) const {
    if (!values.has(i)) return {};
    if (type_.kind == Kind::list) return list(values.as<column::ListRef>()[i]);
    if (type_.kind == Kind::vector) {
      const float* vector = values.as<const float*>()[i];
      return vector == nullptr ? Value{} : Value{std::vector<float>(vector, vector + type_.size)};
    }
    return scalar(values.data, type_.kind, i);
  }

 private:
  Value scalar(const void* data, Kind kind, size_t i) const {
    switch (kind) {
      case Kind::boolean:
        return static_cast<const uint8_t*>(data)[i] != 0;
      case Kind::floating:
        return static_cast<const float*>(data)[i];
      case Kind::string:
        return std::string(run_.context.strings().text(static_cast<const int32_t*>(data)[i]));
      case Kind::enumeration:
        return int64_t{static_cast<const int32_t*>(data)[i]};
      case Kind::row: {
        const uint32_t row = static_cast<const uint32_t*>(data)[i];
        if (table_ == nullptr || row == column::kNoRow) return {};
        const store::Key key = table_->key(row);
        return std::visit([](const auto& k) { return Value{k}; }, key);
      }
      default:
        return static_cast<const int64_t*>(data)[i];
    }
  }

  template <typename T>
  Value elements(column::ListRef values, Kind kind) const {
    std::vector<T> out;
    out.reserve(values.size);
    for (size_t i = 0; i < values.size; ++i) {
      Value element = scalar(values.data, kind, i);
      if (T* const present = std::get_if<T>(&element)) out.push_back(std::move(*present));
    }
    return out;
  }

  Value list(column::ListRef values) const {
    switch (type_.element) {
      case Kind::boolean:
        return elements<bool>(values, Kind::boolean);
      case Kind::floating:
        return elements<float>(values, Kind::floating);
      case Kind::string:
        return elements<std::string>(values, Kind::string);
      case Kind::row:
        return table_ != nullptr && table_->has_string_keys() ? elements<std::string>(values, Kind::row)
                                                              : elements<int64_t>(values, Kind::row);
      default:
        return elements<int64_t>(values, type_.element);
    }
  }

  Run& run_;
  const types::Type& type_;
  const store::Table* table_ = nullptr;
};

std::vector<ItemChannel> channels_of(const Run& run, uint32_t at) {
  const auto& step = std::get<graph::RecallStep>(run.plan.steps[0].what);
  std::vector<ItemChannel> out;
  out.reserve(static_cast<size_t>(
      std::ranges::count_if(run.batch.channels, [&](const auto& channel) { return channel.position[at] != 0; })));
  for (size_t c = 0; c < run.batch.channels.size(); ++c) {
    const auto& channel = run.batch.channels[c];
    if (channel.position[at] == 0) continue;
    ItemChannel from{
        .channel = step.channels[c].name, .position = static_cast<uint32_t>(channel.position[at]), .score = {}};
    if (!channel.score.empty()) from.score = channel.score[at];
    out.push_back(std::move(from));
  }
  return out;
}

/// Rows of other tables between them, as they were inserted.
std::vector<Item> with_inserted(Run& run, std::vector<Item> own) {
  for (const InsertedSlot& inserted : run.insertions.inserted) {
    const auto at = std::ranges::find(run.batch.order, inserted.slot.at);
    if (!inserted.slot.foreign && at != run.batch.order.end())
      own[static_cast<size_t>(at - run.batch.order.begin())].inserted = true;
  }
  if (run.insertions.page.empty()) return own;
  std::vector<Item> out;
  auto next = own.begin();
  for (const Slot& slot : run.insertions.page)
    out.push_back(slot.foreign ? run.insertions.foreign[slot.at] : std::move(*next++));
  return out;
}

std::vector<Item> own_items(Run& run) {
  const auto& order = run.batch.order;
  const store::Table& table = run.generation.table(run.plan.item_table);
  std::vector<Item> items(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    items[i] = {
        .key = table.key_text(run.batch.rows[order[i]]), .table = table.name(), .channels = channels_of(run, order[i])};
    items[i].values.reserve(run.plan.emits.size());
  }
  interpreter::Barriers barriers;
  run.batch.barriers = &barriers;
  for (const auto& emit : run.plan.emits) {
    const types::Type& type = run.plan.exprs[emit.value].type;
    if (is_missing(run, emit.value)) {
      for (Item& item : items) item.values.push_back({.type = type, .absent = true});
      continue;
    }
    interpreter::Evaluator evaluator(run.context, emit.value);
    const interpreter::Values values = evaluator.run(run.present());
    const Reader read(run, type);
    for (size_t i = 0; i < items.size(); ++i) items[i].values.push_back({.type = type, .value = read(values, i)});
  }
  run.batch.barriers = nullptr;
  return items;
}

}  // namespace

types::Value read_value(Run& run, const interpreter::Values& values, const types::Type& type, size_t i) {
  return Reader(run, type)(values, i);
}

std::vector<Item> collect_items(Run& run) {
  return with_inserted(run, own_items(run));
}

}  // namespace rec::engine
