// `request`, `events` and `sequences`: what a request brings, and what users did.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/catalog/sections.h"

namespace rec::catalog {

using diagnostics::Code;
using types::Kind;

void read_request(const Entry& section, Context& context, Catalog& catalog) {
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    if (entry.key == "now" || entry.key == "id") {
      context.diagnostics
          .error(Code::catalog_name_clash, entry.key_span, fmt::format("every request has `{}` already", entry.key))
          .help.push_back("remove it, or give the field another name");
      continue;
    }
    types::Type type = types::integer();
    const Node& node = entry.value;
    if (node.kind == Node::Kind::sequence && node.items.size() == 1 && node.items[0].kind == Node::Kind::scalar) {
      type = read_type("[" + node.items[0].text + "]", node.items[0].span, context).value_or(type);
    } else if (const auto text = read_text(entry, context)) {
      type = read_type(*text, node.span, context).value_or(type);
    }
    catalog.request.push_back({entry.key, type, entry.key_span});
  }
}

namespace {

std::vector<std::string> table_names(const Catalog& catalog) {
  std::vector<std::string> names;
  for (const Table& table : catalog.tables) names.push_back(table.name);
  return names;
}

std::string read_table_name(const Entry& entry, const Catalog& catalog, Context& context) {
  const auto name = read_text(entry, context);
  if (!name || catalog.table(*name) != nullptr) return name.value_or("");
  auto& report = context.diagnostics.error(Code::unknown_catalog_table, entry.value.span,
                                           fmt::format("there is no table `{}`", *name));
  if (auto hint = diagnostics::did_you_mean(*name, table_names(catalog)); !hint.empty()) {
    report.help.push_back(std::move(hint));
  } else {
    report.notes.push_back("the tables are " + list_text(table_names(catalog)));
  }
  return {};
}

/// Without `users:` and `items:` the users are the table `users`, and the items the only other table.
void choose_tables(Fields& fields, Events& events, const Catalog& catalog, Context& context) {
  const Entry* users = fields.take("users");
  const Entry* items = fields.take("items");
  if (users != nullptr) events.user_table = read_table_name(*users, catalog, context);
  if (items != nullptr) events.item_table = read_table_name(*items, catalog, context);
  const auto ambiguous = [&](std::string_view side, std::string_view key) {
    auto& report =
        context.diagnostics.error(Code::ambiguous_table, events.span,
                                  fmt::format("it is not clear which table holds the {} of `{}`", side, events.name));
    report.notes.push_back("the tables are " + list_text(table_names(catalog)));
    report.help.push_back(fmt::format("add `{}: TABLE` to the events", key));
  };
  if (catalog.tables.empty()) return;
  if (users == nullptr) {
    if (catalog.table("users") != nullptr) {
      events.user_table = "users";
    } else {
      ambiguous("users", "users");
    }
  }
  if (items != nullptr || (events.user_table.empty() && catalog.tables.size() != 2)) return;
  std::vector<std::string> others = table_names(catalog);
  std::erase(others, events.user_table);
  if (others.size() == 1) {
    events.item_table = others[0];
  } else if (!events.user_table.empty()) {
    ambiguous("items", "items");
  }
}

void read_time(const Entry& entry, Events& events, Context& context) {
  if (entry.value.kind != Node::Kind::mapping) {
    events.time_column = read_text(entry, context).value_or("");
    return;
  }
  Fields fields(entry, "`time`", context);
  if (const Entry* column = fields.need("column", "column: timestamp"))
    events.time_column = read_text(*column, context).value_or("");
  if (const Entry* format = fields.take("format"))
    events.time_format = read_time_format(*format, context).value_or(events.time_format);
  fields.finish();
}

void read_event_columns(const Entry& section, Events& events, Context& context) {
  for (const Entry& entry : named_entries(section, context)) {
    auto column = read_column(entry, context);
    if (!column) continue;
    if (column->name == "time" || column->name == "item" || column->name == "user") {
      context.diagnostics
          .error(Code::catalog_name_clash, entry.key_span, fmt::format("every event has `{}` already", column->name))
          .help.push_back(
              fmt::format("give the column another name and its own in the file as `from: {}`", column->name));
      continue;
    }
    if (column->type.kind == Kind::vector) {
      context.diagnostics.error(Code::type_not_allowed, entry.key_span,
                                fmt::format("the event column `{}` is {}; events hold no vectors", column->name,
                                            types::to_text(column->type)));
      continue;
    }
    events.columns.push_back(std::move(*column));
  }
}

}  // namespace

void read_events(const Entry& section, Context& context, Catalog& catalog) {
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    Fields fields(entry, fmt::format("the event log `{}`", entry.key), context);
    Events events{.name = entry.key,
                  .span = entry.key_span,
                  .source = {},
                  .user_column = {},
                  .item_column = {},
                  .time_column = {},
                  .user_table = {},
                  .item_table = {},
                  .columns = {}};
    if (const Entry* source = fields.need("source", "source: {csv: " + entry.key + ".csv}")) {
      events.source = read_source(*source, context).value_or(FileSource{.path = {}, .span = {}});
    }
    if (const Entry* user = fields.need("user", "user: user_id"))
      events.user_column = read_text(*user, context).value_or("");
    if (const Entry* item = fields.need("item", "item: item_id"))
      events.item_column = read_text(*item, context).value_or("");
    if (const Entry* time = fields.need("time", "time: {column: timestamp, format: unix_seconds}"))
      read_time(*time, events, context);
    if (const Entry* columns = fields.take("columns")) read_event_columns(*columns, events, context);
    if (fields.valid()) choose_tables(fields, events, catalog, context);
    fields.finish();
    catalog.events.push_back(std::move(events));
  }
}

size_t read_event_log(Fields& fields, const Catalog& catalog, Context& context) {
  const Entry* from =
      fields.need("from", "from: " + (catalog.events.empty() ? std::string("feedback") : catalog.events[0].name));
  const auto name = from != nullptr ? read_text(*from, context) : std::nullopt;
  if (!name) return kUnknown;
  std::vector<std::string> names;
  for (size_t i = 0; i < catalog.events.size(); ++i) {
    if (catalog.events[i].name == *name) return i;
    names.push_back(catalog.events[i].name);
  }
  auto& report = context.diagnostics.error(Code::unknown_catalog_events, from->value.span,
                                           fmt::format("there are no events `{}`", *name));
  if (auto hint = diagnostics::did_you_mean(*name, names); !hint.empty()) {
    report.help.push_back(std::move(hint));
  } else {
    report.notes.push_back(names.empty() ? "the catalog declares no events" : "the events are " + list_text(names));
  }
  return kUnknown;
}

void read_sequences(const Entry& section, Context& context, Catalog& catalog) {
  constexpr int64_t kMostKept = 1'000'000;
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    Fields fields(entry, fmt::format("the sequence `{}`", entry.key), context);
    Sequence sequence{.name = entry.key, .span = entry.key_span, .where = {}};
    sequence.events = read_event_log(fields, catalog, context);
    if (const Entry* where = fields.take("where"))
      sequence.where = read_expression("where", where->value, where->key_span, context);
    if (const Entry* keep = fields.need("keep", "keep: 1000")) {
      sequence.keep = static_cast<uint32_t>(read_count(*keep, 1, kMostKept, context).value_or(1));
    }
    fields.finish();
    const Table* users =
        sequence.events == kUnknown ? nullptr : catalog.table(catalog.events[sequence.events].user_table);
    if (const Column* column = users == nullptr ? nullptr : users->column(sequence.name)) {
      context.diagnostics
          .error(Code::catalog_name_clash, sequence.span,
                 fmt::format("`{}` is a sequence and a column of `{}`; `user.{}` could be either", sequence.name,
                             users->name, sequence.name))
          .secondary.push_back({column->span, "the column"});
    }
    catalog.sequences.push_back(std::move(sequence));
  }
}

}  // namespace rec::catalog
