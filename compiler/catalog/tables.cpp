// `tables`: key, columns, and afterwards what is indexed, sorted and given to the unknown.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/catalog/sections.h"

namespace rec::catalog {

using diagnostics::Code;
using types::Kind;

namespace {

std::string what_of(const std::string& table) {
  return fmt::format("the table `{}`", table);
}

void check_key(Column& key, Context& context) {
  const types::Type& type = key.type;
  if (!type.optional && (type.kind == Kind::integer || type.kind == Kind::string)) return;
  context.diagnostics.error(Code::type_not_allowed, key.span,
                            fmt::format("the key `{}` is {}; keys are int or string", key.name, types::to_text(type)));
  key.type = types::integer();
}

void read_columns(const Entry& section, Table& table, Context& context) {
  for (const Entry& entry : named_entries(section, context)) {
    auto column = read_column(entry, context);
    if (!column) continue;
    if (column->name == table.columns[0].name) {
      check_key(*column, context);
      column->is_key = true;
      table.columns[0] = std::move(*column);
    } else {
      table.columns.push_back(std::move(*column));
    }
  }
}

Column* find(Table& table, const Node& name, std::string_view list, Context& context) {
  const auto index = table.column_index(name.text);
  if (index) return &table.columns[*index];
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  auto& report = context.diagnostics.error(
      Code::unknown_table_column, name.span,
      fmt::format("`{}` names `{}`, which is no column of `{}`", list, name.text, table.name));
  if (auto hint = diagnostics::did_you_mean(name.text, names); !hint.empty()) {
    report.help.push_back(std::move(hint));
  } else {
    report.notes.push_back("its columns are " + list_text(names));
  }
  return nullptr;
}

bool can_be_indexed(const types::Type& type) {
  const Kind kind = type.kind == Kind::list ? type.element : type.kind;
  return kind == Kind::integer || kind == Kind::string || kind == Kind::boolean;
}

bool can_be_sorted(const types::Type& type) {
  return type.kind == Kind::integer || type.kind == Kind::floating || type.kind == Kind::time ||
         type.kind == Kind::duration;
}

void mark(const Entry& list, Table& table, bool indexed, Context& context) {
  const auto names = read_list(list, context);
  if (!names) return;
  for (const Node* name : *names) {
    Column* column = find(table, *name, list.key, context);
    if (column == nullptr) continue;
    if (indexed ? can_be_indexed(column->type) : can_be_sorted(column->type)) {
      (indexed ? column->indexed : column->sorted) = true;
      continue;
    }
    context.diagnostics
        .error(Code::type_not_allowed, name->span,
               fmt::format("`{}` is {}, which cannot be {}", column->name, types::to_text(column->type), list.key))
        .notes.push_back(indexed ? "`indexed` is for int, string and bool columns and lists of them"
                                 : "`sorted` is for int, float, time and duration columns");
  }
}

void require_unknown(const Table& table, const Entry& section, Context& context) {
  std::vector<std::string> missing;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    const bool may_lack =
        column.is_key || column.type.optional || column.type.kind == Kind::vector || column.is_statistic;
    if (!may_lack && section.value.entry(column.name) == nullptr) missing.push_back(column.name);
  }
  if (missing.empty()) return;
  context.diagnostics
      .error(Code::missing_catalog_key, section.key_span,
             fmt::format("`unknown` of `{}` gives no {}", table.name, list_text(missing)))
      .help.push_back("give a value for every column that cannot be missing");
}

void read_unknown(const Entry& section, Table& table, Context& context) {
  std::vector<types::Value> values(table.columns.size());
  for (size_t i = 0; i < values.size(); ++i) {  // counts and sums of no events
    const Column& column = table.columns[i];
    if (!column.is_statistic || column.type.optional) continue;
    values[i] = column.type.kind == Kind::integer ? types::Value(int64_t{0}) : types::Value(0.0F);
  }
  for (const Entry& entry : named_entries(section, context)) {
    const Node name{.kind = Node::Kind::scalar, .span = entry.key_span, .text = entry.key, .items = {}, .entries = {}};
    const Column* column = find(table, name, "unknown", context);
    if (column == nullptr) continue;
    if (column->is_key) {
      context.diagnostics.error(Code::bad_catalog_value, entry.key_span,
                                fmt::format("`unknown` gives the key `{}`, which the request gives", column->name));
      continue;
    }
    const auto value = read_value(entry.value, column->type, fmt::format("`{}`", entry.key), context);
    if (value) values[static_cast<size_t>(column - table.columns.data())] = *value;
  }
  if (section.value.kind == Node::Kind::mapping) require_unknown(table, section, context);
  table.unknown = std::move(values);
}

}  // namespace

void read_tables(const Entry& section, Context& context, Catalog& catalog) {
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    Fields fields(entry, what_of(entry.key), context);
    Table table{.name = entry.key, .span = entry.key_span, .source = {}, .columns = {}, .unknown = {}};
    if (const Entry* source = fields.need("source", "source: {csv: " + entry.key + ".csv}")) {
      table.source = read_source(*source, context).value_or(FileSource{.path = {}, .span = {}});
    }
    const Entry* key = fields.need("key", "key: id");
    const auto key_name = key != nullptr ? read_text(*key, context) : std::nullopt;
    const bool key_is_name = key_name && check_name(*key_name, key->value.span, context);
    table.columns.push_back({.name = key_is_name ? *key_name : "id",
                             .type = types::integer(),
                             .span = key != nullptr ? key->value.span : entry.key_span,
                             .source_name = key_is_name ? *key_name : "id",
                             .npy = {},
                             .is_key = true});
    if (const Entry* columns = fields.take("columns")) read_columns(*columns, table, context);
    for (const char* later : {"unknown", "indexed", "sorted"}) fields.allow(later);
    fields.finish();
    catalog.tables.push_back(std::move(table));
  }
  if (catalog.tables.empty() && !context.diagnostics.has_errors()) {
    context.diagnostics.error(Code::missing_catalog_key, section.key_span, "`tables` names no table");
  }
}

void finish_tables(const Entry& section, Context& context, Catalog& catalog) {
  for (Table& table : catalog.tables) {
    const Node& node = section.value.entry(table.name)->value;
    if (node.kind != Node::Kind::mapping) continue;
    if (const Entry* indexed = node.entry("indexed")) mark(*indexed, table, true, context);
    if (const Entry* sorted = node.entry("sorted")) mark(*sorted, table, false, context);
    if (const Entry* unknown = node.entry("unknown")) read_unknown(*unknown, table, context);
  }
}

}  // namespace rec::catalog
