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
  Reader(Run& run, const types::Type& type) : strings_(run.context.strings()), type_(type) {
    if (!type.name.empty()) table_ = run.generation.table(type.name);
  }

  /// `out` stays as it is where there is none.
  void operator()(const interpreter::Values& values, size_t i, Value& out) const {
    if (!values.has(i)) return;
    if (type_.kind == Kind::list) return list(values.as<column::ListRef>()[i], out);
    if (type_.kind == Kind::vector) {
      if (const float* vector = values.as<const float*>()[i])
        out.emplace<std::vector<float>>(vector, vector + type_.size);
      return;
    }
    scalar(values.data, type_.kind, i, out);
  }

 private:
  std::string_view text(const void* data, size_t i) const {
    return strings_.text(static_cast<const int32_t*>(data)[i]);
  }

  void scalar(const void* data, Kind kind, size_t i, Value& out) const {
    switch (kind) {
      case Kind::boolean:
        out = static_cast<const uint8_t*>(data)[i] != 0;
        break;
      case Kind::floating:
        out = static_cast<const float*>(data)[i];
        break;
      case Kind::string:
        out.emplace<std::string>(text(data, i));
        break;
      case Kind::enumeration:
        out = int64_t{static_cast<const int32_t*>(data)[i]};
        break;
      case Kind::row: {
        const uint32_t row = static_cast<const uint32_t*>(data)[i];
        if (table_ == nullptr || row == column::kNoRow) return;
        std::visit([&](const auto& key) { out = key; }, table_->key(row));
        break;
      }
      default:
        out = static_cast<const int64_t*>(data)[i];
    }
  }

  template <typename T>
  void elements(column::ListRef values, Kind kind, Value& out) const {
    auto& all = out.emplace<std::vector<T>>();
    all.reserve(values.size);
    for (size_t i = 0; i < values.size; ++i) {
      Value element;
      scalar(values.data, kind, i, element);
      if (T* const present = std::get_if<T>(&element)) all.push_back(std::move(*present));
    }
  }

  void list(column::ListRef values, Value& out) const {
    switch (type_.element) {
      case Kind::boolean:
        return elements<bool>(values, Kind::boolean, out);
      case Kind::floating:
        return elements<float>(values, Kind::floating, out);
      case Kind::string: {
        auto& all = out.emplace<std::vector<std::string>>();
        all.reserve(values.size);
        for (size_t i = 0; i < values.size; ++i) all.emplace_back(text(values.data, i));
        return;
      }
      case Kind::row:
        return table_ != nullptr && table_->has_string_keys() ? elements<std::string>(values, Kind::row, out)
                                                              : elements<int64_t>(values, Kind::row, out);
      default:
        return elements<int64_t>(values, type_.element, out);
    }
  }

  const column::StringSpace& strings_;
  const types::Type& type_;
  const store::Table* table_ = nullptr;
};

std::vector<ItemChannel> channels_of(const Run& run, uint32_t at) {
  const auto& written = std::get<graph::RecallStep>(run.plan.steps[0].what).channels;
  const auto came = [&](const interpreter::ChannelColumn& channel) { return channel.position[at] != 0; };
  std::vector<ItemChannel> out;
  out.reserve(static_cast<size_t>(std::ranges::count_if(run.batch.channels, came)));
  for (size_t c = 0; c < run.batch.channels.size(); ++c) {
    const interpreter::ChannelColumn& channel = run.batch.channels[c];
    if (!came(channel)) continue;
    ItemChannel& from = out.emplace_back(written[c].name, static_cast<uint32_t>(channel.position[at]));
    if (!channel.score.empty()) from.score = channel.score[at];
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
  const auto& emits = run.plan.emits;
  const store::Table& table = run.generation.table(run.plan.item_table);
  auto types = std::make_shared<std::vector<types::Type>>();
  for (const auto& emit : emits) types->push_back(run.plan.exprs[emit.value].type);
  std::vector<Item> items(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    Item& item = items[i];
    item.key = table.key_text(run.batch.rows[order[i]]);
    item.table = table.name();
    item.channels = channels_of(run, order[i]);
    item.values.resize(emits.size());
    item.types = types;
  }
  interpreter::Barriers barriers;
  run.batch.barriers = &barriers;
  for (size_t v = 0; v < emits.size(); ++v) {
    if (is_missing(run, emits[v].value)) {
      for (Item& item : items) item.values[v].absent = true;
      continue;
    }
    interpreter::Evaluator evaluator(run.context, emits[v].value);
    const interpreter::Values values = evaluator.run(run.present());
    const Reader read(run, (*types)[v]);
    for (size_t i = 0; i < items.size(); ++i) read(values, i, items[i].values[v].value);
  }
  run.batch.barriers = nullptr;
  return items;
}

}  // namespace

types::Value read_value(Run& run, const interpreter::Values& values, const types::Type& type, size_t i) {
  types::Value out;
  Reader(run, type)(values, i, out);
  return out;
}

std::vector<Item> collect_items(Run& run) {
  return with_inserted(run, own_items(run));
}

}  // namespace rec::engine
