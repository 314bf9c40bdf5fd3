// Of several look-ups the one that finds the fewest rows.
#include "runtime/engine/scan_hints.h"

#include <algorithm>
#include <bit>

namespace rec::engine {
namespace {

using types::Kind;
using Look = graph::LookUp::Kind;

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
  if (look_up.kind != Look::among) {
    out.push_back(index.find(scalar(type, value)));
    return out;
  }
  for (const int64_t element : elements(type, value)) out.push_back(index.find(element));
  return out;
}

/// The rows whose values lie on the side of `value` that a comparison names, by rising value.
template <typename T>
std::span<const uint32_t> in_range(const store::ValueOrder& order, Look kind, T value) {
  const auto of = [&](uint32_t row) {
    if constexpr (std::is_same_v<T, float>) return order.column->floating(row);
    if constexpr (!std::is_same_v<T, float>) return order.column->integer(row);
  };
  const auto rows = order.numbers();
  if (value != value) return {};
  const bool low = kind == Look::above || kind == Look::at_least;  // it has a low end
  const auto end = std::ranges::partition_point(rows, [&](uint32_t row) {
    return kind == Look::above || kind == Look::at_most ? of(row) <= value : of(row) < value;
  });
  const auto count = static_cast<size_t>(end - rows.begin());
  return low ? rows.subspan(count) : rows.first(count);
}

bool is_range(Look kind) {
  return kind != Look::equals && kind != Look::among && kind != Look::has;
}

std::optional<Lists> found(Run& run, const graph::LookUp& look_up, const store::Table& table) {
  if (!is_range(look_up.kind)) {
    const store::ValueIndex* index = table.value_index(look_up.column);
    return index == nullptr ? std::nullopt : std::optional(found(run, look_up, *index));
  }
  const auto order = table.value_order(look_up.column);
  if (!order) return std::nullopt;
  const interpreter::Values value = run.context.value(look_up.value);
  return Lists{run.plan.exprs[look_up.value].type.kind == Kind::floating
                   ? in_range(*order, look_up.kind, *value.as<float>())
                   : in_range(*order, look_up.kind, *value.as<int64_t>())};
}

size_t size(const Lists& lists) {
  size_t sum = 0;
  for (const auto& list : lists) sum += list.size();
  return sum;
}

/// Rows in ascending order, each in one list at most: by a bit a row where there are many.
std::vector<uint32_t> ascending(const Lists& lists, uint32_t rows) {
  std::vector<uint32_t> out;
  out.reserve(size(lists));
  constexpr size_t kFew = 16, kRowsABit = 256;
  if (size(lists) < kFew || rows / size(lists) > kRowsABit) {
    for (const auto& list : lists) out.insert(out.end(), list.begin(), list.end());
    std::ranges::sort(out);
    return out;
  }
  std::vector<uint64_t> words(rows / 64 + 1);
  for (const auto& list : lists) {
    for (const uint32_t row : list) words[row / 64] |= uint64_t{1} << (row % 64);
  }
  for (uint32_t w = 0; w < words.size(); ++w) {
    for (uint64_t left = words[w]; left != 0; left &= left - 1)
      out.push_back(w * 64 + static_cast<uint32_t>(std::countr_zero(left)));
  }
  return out;
}

/// Going through so much of a table row by row costs more than going through all of it in its order.
constexpr uint32_t kPart = 3;

}  // namespace

operators::ScanHints scan_hints(Run& run, const graph::Channel& channel) {
  const store::Table& table = run.generation.table(run.plan.item_table);
  operators::ScanHints out;
  std::optional<Lists> best;
  for (const graph::LookUp& look_up : channel.look_ups) {
    auto lists = found(run, look_up, table);
    if (!lists || (is_range(look_up.kind) && size(*lists) > table.rows() / kPart)) continue;
    if (!best || size(*lists) < size(*best)) best = std::move(lists);
  }
  if (best) out.rows = ascending(*best, table.rows());
  if (channel.walks_along) {
    out.order = table.value_order(*channel.walks_along);
    out.ascending = channel.by->ascending;
  }
  return out;
}

}  // namespace rec::engine
