// `.search` of a sequence: for each candidate the latest events like it, by one look-up in groups of equal value, or
// the nearest by dot product.
#include "runtime/interpreter/search.h"

#include <algorithm>
#include <cmath>

#include "operators/numerics/vectors.h"
#include "runtime/interpreter/key_set.h"
#include "runtime/interpreter/stored_column.h"

namespace rec::interpreter {
namespace {

using column::EventColumns;
using column::ListRef;

/// The events' values of a column of their items.
Values of_items(Scope& scope, const EventColumns& events, size_t events_index, size_t column, const types::Type& type) {
  void* out = scope.arena().allocate_bytes(events.size * types::width(type));
  uint8_t* present = scope.arena().allocate<uint8_t>(events.size).data();
  std::fill_n(present, events.size, uint8_t{1});
  read_rows(scope, stored_column(scope, scope.items_of(events_index), column), events.item, events.size, out,
            type.optional ? present : nullptr);
  return {.data = out, .present = present};
}

/// Events in groups of equal value, each newest first.
void find_latest(Scope& scope, const Values& of_events, size_t events, const Values& of_candidates, types::Kind kind,
                 size_t k, std::span<ListRef> out) {
  std::vector<uint64_t> keys(std::max(events, out.size()));
  std::vector<uint8_t> valid(keys.size());
  make_keys(of_events.data, kind, false, events, keys.data(), valid.data());
  KeySet groups(events);
  std::vector<uint32_t> group(events, KeySet::kNone);
  for (size_t i = 0; i < events; ++i) {
    if (valid[i] != 0 && of_events.has(i)) group[i] = groups.add(keys[i]);
  }
  std::vector<uint32_t> begin(groups.size() + 1, 0);
  for (const uint32_t g : group) {
    if (g != KeySet::kNone) ++begin[g + 1];
  }
  for (size_t g = 1; g < begin.size(); ++g) begin[g] += begin[g - 1];
  const auto grouped = scope.arena().allocate<uint32_t>(events);
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for (size_t i = 0; i < events; ++i) {
    if (group[i] != KeySet::kNone) grouped[next[group[i]]++] = static_cast<uint32_t>(i);
  }
  make_keys(of_candidates.data, kind, false, out.size(), keys.data(), valid.data());
  for (size_t c = 0; c < out.size(); ++c) {
    const uint32_t g = valid[c] != 0 && of_candidates.has(c) ? groups.find(keys[c]) : KeySet::kNone;
    if (g == KeySet::kNone) continue;
    out[c] = {.data = grouped.data() + begin[g],
              .size = static_cast<uint32_t>(std::min<size_t>(k, begin[g + 1] - begin[g]))};
  }
}

/// The largest products, NaN last, the newer of equal ones; then in the order of the events.
void find_nearest(Scope& scope, const Values& of_events, size_t events, const Values& of_candidates, size_t dimension,
                  size_t k, std::span<ListRef> out) {
  struct Product {
    double value;
    uint32_t event;
  };
  const auto nearer = [](const Product& a, const Product& b) {
    if (std::isnan(a.value) != std::isnan(b.value)) return std::isnan(b.value);
    if (a.value != b.value && !std::isnan(a.value)) return a.value > b.value;
    return a.event < b.event;
  };
  const auto* vectors = of_events.as<const float*>();
  std::vector<Product> products;
  for (size_t c = 0; c < out.size(); ++c) {
    const float* own = of_candidates.has(c) ? of_candidates.as<const float*>()[c] : nullptr;
    if (own == nullptr) continue;
    products.clear();
    for (uint32_t i = 0; i < events; ++i) {
      if (of_events.has(i) && vectors[i] != nullptr) products.push_back({numerics::dot(vectors[i], own, dimension), i});
    }
    const size_t count = std::min(k, products.size());
    const auto end = products.begin() + static_cast<std::ptrdiff_t>(count);
    if (end != products.end()) std::nth_element(products.begin(), end, products.end(), nearer);
    std::sort(products.begin(), end, [](const Product& a, const Product& b) { return a.event < b.event; });
    const auto found = scope.arena().allocate<uint32_t>(count);
    for (size_t i = 0; i < count; ++i) found[i] = products[i].event;
    out[c] = {.data = found.data(), .size = static_cast<uint32_t>(count)};
  }
}

}  // namespace

std::span<const ListRef> search_events(Scope& scope, graph::ExprId search, const Values& candidates, size_t n) {
  const graph::Node& node = scope.node(search);
  const EventColumns& events = scope.sequence(node.args[0]);
  const types::Type& type = scope.node(node.args[1]).type;
  const auto k = static_cast<size_t>(std::max<int64_t>(scope.integer(node.args[2]), 0));
  const auto out = scope.arena().allocate<ListRef>(n);
  std::ranges::fill(out, ListRef{});
  const Values values = of_items(scope, events, scope.events_of(node.args[0]), node.index, type);
  if (node.op == graph::Op::sequence_latest) {
    find_latest(scope, values, events.size, candidates, type.kind, k, out);
  } else {
    find_nearest(scope, values, events.size, candidates, type.size, k, out);
  }
  return out;
}

}  // namespace rec::interpreter
