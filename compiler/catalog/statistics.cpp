// `statistics`: columns that are computed over events.
#include <fmt/format.h>

#include "compiler/catalog/sections.h"

namespace rec::catalog {

using diagnostics::Code;

namespace {

/// Where the statistic goes: splits TABLE.COLUMN and finds the table; nullptr after a report.
Table* find_table(const Entry& entry, Statistic& statistic, Catalog& catalog, Context& context) {
  const size_t dot = entry.key.find('.');
  if (dot != std::string::npos) {
    statistic.table = entry.key.substr(0, dot);
    statistic.column = entry.key.substr(dot + 1);
  }
  if (dot == std::string::npos || !is_identifier(statistic.column)) {
    context.diagnostics
        .error(Code::statistic_name, entry.key_span,
               fmt::format("`{}` does not say which column of which table it is", entry.key))
        .help.push_back("a statistic is named `TABLE.COLUMN`, such as `notes.clicks_7d`");
    return nullptr;
  }
  if (const auto index = catalog.table_index(statistic.table)) return &catalog.tables[*index];
  std::vector<std::string> names;
  for (const Table& table : catalog.tables) names.push_back(table.name);
  auto& report = context.diagnostics.error(Code::unknown_catalog_table, entry.key_span,
                                           fmt::format("there is no table `{}`", statistic.table));
  if (auto hint = diagnostics::did_you_mean(statistic.table, names); !hint.empty())
    report.help.push_back(std::move(hint));
  return nullptr;
}

void check_table(const Statistic& statistic, const Catalog& catalog, Context& context) {
  if (statistic.events == kUnknown) return;
  const Events& events = catalog.events[statistic.events];
  if (events.user_table.empty() || events.item_table.empty()) return;
  if (statistic.table == events.user_table || statistic.table == events.item_table) return;
  context.diagnostics
      .error(Code::statistic_name, statistic.span,
             fmt::format("the events `{}` say nothing about `{}`", events.name, statistic.table))
      .notes.push_back(fmt::format("they are about `{}` and `{}`", events.user_table, events.item_table));
}

void read_value_of(Fields& fields, Statistic& statistic, Context& context) {
  if (const Entry* value = fields.need("value", "value: count")) {
    const auto choice = read_choice(*value, {"count", "sum", "mean", "rate"}, context);
    statistic.value = static_cast<StatisticValue>(choice.value_or(0));
  }
  const Entry* of = fields.take("of");
  if (of != nullptr) statistic.of = read_expression("of", of->value, of->key_span, context);
  const bool is_count = statistic.value == StatisticValue::count;
  if (is_count && of != nullptr) {
    context.diagnostics.error(Code::statistic_value, of->key_span, "`of` beside `value: count`; a count is of events")
        .help.push_back("put a condition into `where`, or make it a `sum`, `mean` or `rate`");
  } else if (!is_count && of == nullptr) {
    context.diagnostics
        .error(Code::statistic_value, statistic.span,
               fmt::format("the statistic `{}.{}` does not say what it is of", statistic.table, statistic.column))
        .help.push_back(statistic.value == StatisticValue::rate ? "`of: CONDITION`, such as `of: e.clicked`"
                                                                : "`of: EXPRESSION`, such as `of: e.rating`");
  }
}

types::Type column_type(StatisticValue value) {
  switch (value) {
    case StatisticValue::count:
      return types::integer();
    case StatisticValue::sum:
      return types::floating();
    case StatisticValue::mean:
    case StatisticValue::rate:
      return types::optional(types::floating());
  }
  return types::integer();
}

}  // namespace

void read_statistics(const Entry& section, Context& context, Catalog& catalog) {
  for (const Entry& entry : named_entries(section, context)) {
    Statistic statistic{
        .table = {}, .column = {}, .span = entry.key_span, .where = {}, .of = {}, .window_us = {}, .by = {}};
    Table* table = find_table(entry, statistic, catalog, context);
    Fields fields(entry, fmt::format("the statistic `{}`", entry.key), context);
    if (!fields.valid()) continue;
    statistic.events = read_event_log(fields, catalog, context);
    if (const Entry* where = fields.take("where"))
      statistic.where = read_expression("where", where->value, where->key_span, context);
    read_value_of(fields, statistic, context);
    if (const Entry* window = fields.take("window")) statistic.window_us = read_duration(*window, context);
    if (const Entry* by = fields.take("by")) statistic.by = read_expression("by", by->value, by->key_span, context);
    fields.finish();
    if (table == nullptr) continue;
    check_table(statistic, catalog, context);
    if (const Column* column = table->column(statistic.column)) {
      context.diagnostics
          .error(Code::catalog_name_clash, entry.key_span,
                 fmt::format("`{}` has a column `{}` already", table->name, column->name))
          .secondary.push_back({column->span, "declared here"});
      continue;
    }
    table->columns.push_back({.name = statistic.column,
                              .type = column_type(statistic.value),
                              .span = entry.key_span,
                              .source_name = {},
                              .npy = {},
                              .is_statistic = true});
    catalog.statistics.push_back(std::move(statistic));
  }
}

}  // namespace rec::catalog
