// Expressions of a catalog: event filters, weights, statistics, and what models read.
#include <fmt/format.h>

#include "compiler/check/check.h"
#include "compiler/check/expressions.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

namespace {

constexpr std::string_view kHidden = "a catalog's event expression sees the event `e` only";

ExprId check_event(const catalog::Expression& expression, const Context& context, graph::Plan& plan, size_t events,
                   const types::Type* wanted) {
  const size_t before = context.diagnostics.errors();
  const auto tree = syntax::parse_expression(expression.span, context.sources, context.diagnostics);
  if (tree == nullptr || context.diagnostics.errors() > before) return kNoExpr;
  Expressions expressions(context, plan);
  Scope scope;
  scope.request = false;
  scope.hidden_because = kHidden;
  scope.no_channels_because = kHidden;
  scope.lambdas.push_back({"e", events});
  const auto levels = static_cast<uint8_t>(graph::kRequest | graph::kEvent);
  return wanted ? expressions.check_as(*tree, scope, *wanted, levels, "this")
                : expressions.check_at(*tree, scope, levels, "this");
}

}  // namespace

std::unique_ptr<EventExpr> check_event_expression(const catalog::Expression& expression,
                                                  const catalog::Catalog& catalog, size_t events,
                                                  const types::Type& wanted, const operators::Registry& registry,
                                                  const source::Sources& sources,
                                                  diagnostics::Diagnostics& diagnostics) {
  auto out = std::make_unique<EventExpr>();
  const Declarations none;
  const Context context{catalog, registry, sources, diagnostics, none};
  out->root = check_event(expression, context, out->plan, events, &wanted);
  if (out->root == kNoExpr) return nullptr;
  out->plan.item_table = *catalog.table_index(catalog.events[events].item_table);
  out->plan.user_table = *catalog.table_index(catalog.events[events].user_table);
  return out;
}

void check_catalog(const catalog::Catalog& catalog, const operators::Registry& registry, const source::Sources& sources,
                   diagnostics::Diagnostics& diagnostics) {
  const Declarations none;
  const Context context{catalog, registry, sources, diagnostics, none};
  const auto boolean = types::boolean(), floating = types::floating();
  const auto event = [&](const std::optional<catalog::Expression>& expression, size_t events,
                         const types::Type* wanted) {
    graph::Plan plan;
    if (expression) check_event(*expression, context, plan, events, wanted);
  };
  for (const auto& sequence : catalog.sequences) event(sequence.where, sequence.events, &boolean);
  for (const auto& statistic : catalog.statistics) {
    event(statistic.where, statistic.events, &boolean);
    event(statistic.of, statistic.events, statistic.value == catalog::StatisticValue::rate ? &boolean : &floating);
  }
  for (const auto& index : catalog.indexes) {
    if (index.sequence) event(index.weight, catalog.sequences[*index.sequence].events, &floating);
  }
  if (catalog.events.empty()) return;
  const auto users = catalog.table_index(catalog.events[0].user_table),
             items = catalog.table_index(catalog.events[0].item_table);
  for (const auto& model : catalog.models) {
    graph::Plan plan;
    for (const auto& input : model.inputs) check_catalog_input(input.value, context, plan, users, items);
    for (const auto& input : model.user_inputs) check_catalog_input(input.value, context, plan, users, std::nullopt);
    for (const auto& input : model.item_inputs) check_catalog_input(input.value, context, plan, std::nullopt, items);
    for (const auto& target : model.targets) event(target.value, 0, nullptr);
  }
}

}  // namespace rec::check
