// Of several look-ups the one that finds the fewest rows.
#include "runtime/engine/scan_hints.h"

#include <algorithm>

namespace rec::engine {
namespace {

using types::Kind;

/// A request-level scalar as an index keeps it.
int64_t scalar(const types::Type& type, const interpreter::Values& value) {
  return type.kind == Kind::string    ? int64_t{*value.as<int32_t>()}
         : type.kind == Kind::boolean ? int64_t{*value.as<uint8_t>()}
                                      : *value.as<int64_t>();
}

std::vector<int64_t> elements(const types::Type& type, const interpreter::Values& value) {
  const auto& list = *value.as<column::ListRef>();
  std::vector<int64_t> out;
  for (uint32_t i = 0; i < list.size; ++i) {
    out.push_back(type.element == Kind::string    ? int64_t{list.as<int32_t>()[i]}
                  : type.element == Kind::boolean ? int64_t{list.as<uint8_t>()[i]}
                                                  : list.as<int64_t>()[i]);
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

using Lists = std::vector<std::span<const uint32_t>>;

Lists found(Run& run, const graph::LookUp& look_up, const store::ValueIndex& index) {
  const types::Type& type = run.plan.exprs[look_up.value].type;
  const interpreter::Values value = run.context.value(look_up.value);
  Lists out;
  if (look_up.kind != graph::LookUp::Kind::among) {
    out.push_back(index.find(scalar(type, value)));
    return out;
  }
  for (const int64_t element : elements(type, value)) out.push_back(index.find(element));
  return out;
}

size_t size(const Lists& lists) {
  size_t sum = 0;
  for (const auto& list : lists) sum += list.size();
  return sum;
}

}  // namespace

operators::ScanHints scan_hints(Run& run, const graph::Channel& channel) {
  const store::Table& table = run.generation.table(run.plan.item_table);
  operators::ScanHints out;
  std::optional<Lists> best;
  for (const graph::LookUp& look_up : channel.look_ups) {
    const store::ValueIndex* index = table.value_index(look_up.column);
    if (index == nullptr) continue;
    Lists lists = found(run, look_up, *index);
    if (!best || size(lists) < size(*best)) best = std::move(lists);
  }
  if (best) {  // each value has its own rows, so none is there twice
    out.rows.emplace();
    out.rows->reserve(size(*best));
    for (const auto& list : *best) out.rows->insert(out.rows->end(), list.begin(), list.end());
    if (best->size() > 1) std::ranges::sort(*out.rows);
  }
  if (channel.walks_along) {
    out.order = table.value_order(*channel.walks_along);
    out.ascending = channel.by->ascending;
  }
  return out;
}

}  // namespace rec::engine
