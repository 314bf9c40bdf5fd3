// The one list of operators, and look-ups in it.
#include "operators/registry.h"

#include "operators/list.h"

namespace rec::operators {

namespace {

template <typename Def>
const OperatorDef* find(const std::deque<OperatorDef>& defs, std::string_view name) {
  for (const OperatorDef& def : defs) {
    if (def.name == name && std::holds_alternative<Def>(def.what)) return &def;
  }
  return nullptr;
}

}  // namespace

Registry::Registry() {
  for (const auto family : {arithmetic_functions, integer_division_functions, comparison_functions, extreme_functions,
                            rounding_functions, elementary_functions, time_functions, table_functions, hash_functions,
                            vector_functions, text_functions, list_functions}) {
    for (OperatorDef& def : family()) add(std::move(def));
  }
  for (const auto make : {similar_items, similar_users, nearest, items, list_source}) add(make());
  for (const auto make : {in_order, round_robin, quota, best, sum, waterfall}) add(make());
  for (const auto make : {greedy, mmr, dpp, ssd}) add(make());
}

const OperatorDef* Registry::function(std::string_view name) const {
  return find<FunctionDef>(defs_, name);
}
const OperatorDef* Registry::source(std::string_view name) const {
  return find<SourceDef>(defs_, name);
}
const OperatorDef* Registry::merge(std::string_view name) const {
  return find<MergeDef>(defs_, name);
}
const OperatorDef* Registry::rerank(std::string_view name) const {
  return find<RerankDef>(defs_, name);
}

}  // namespace rec::operators
