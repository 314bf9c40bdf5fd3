// Columns, their types, and where their values stand in the raw files.
#include <fmt/format.h>

#include "compiler/catalog/sections.h"

namespace rec::catalog {

using diagnostics::Code;
using types::Kind;

std::optional<types::Type> read_type(const std::string& text, Span span, Context& context) {
  types::Type type;
  if (types::parse_type(text, type)) return type;
  static const std::vector<std::string> kTypes = {"bool",     "int",        "float", "string",  "time",
                                                  "duration", "vector(64)", "[int]", "[float]", "[string]"};
  auto& report = context.diagnostics.error(Code::unknown_column_type, span, fmt::format("`{}` is no type", text));
  report.notes.push_back("types are " + list_text(kTypes) + "; `?` behind one says that values may be missing");
  if (auto hint = diagnostics::did_you_mean(text, kTypes); !hint.empty()) report.help.push_back(std::move(hint));
  return std::nullopt;
}

std::optional<TimeFormat> read_time_format(const Entry& entry, Context& context) {
  const auto choice = read_choice(entry, {"unix_seconds", "unix_milliseconds", "unix_microseconds", "iso"}, context);
  if (!choice) return std::nullopt;
  return static_cast<TimeFormat>(*choice);
}

std::optional<FileSource> read_source(const Entry& entry, Context& context) {
  if (entry.value.kind != Node::Kind::mapping) {
    wrong_form(entry.value, entry.key_span, "`source`", "a mapping from format to file", context)
        .help.push_back("`source: {csv: notes.csv}` or `source: {tsv: notes.tsv}`");
    return std::nullopt;
  }
  Fields fields(entry, "`source`", context);
  const Entry* csv = fields.take("csv");
  const Entry* tsv = fields.take("tsv");
  fields.finish();
  if (csv != nullptr && tsv != nullptr) {
    context.diagnostics.error(Code::catalog_name_clash, tsv->key_span, "`source` names two files; a table has one")
        .secondary.push_back({csv->key_span, "the other one"});
    return std::nullopt;
  }
  const Entry* file = csv != nullptr ? csv : tsv;
  if (file == nullptr) {
    if (entry.value.entries.empty()) {
      context.diagnostics.error(Code::missing_catalog_key, entry.key_span, "`source` names no file")
          .help.push_back("write it like `source: {csv: notes.csv}`");
    }
    return std::nullopt;
  }
  const auto path = read_path(*file, context);
  if (!path) return std::nullopt;
  return FileSource{csv != nullptr ? FileFormat::csv : FileFormat::tsv, *path, file->value.span};
}

namespace {

void read_separator(const Entry& entry, Column& column, Context& context) {
  const auto text = read_text(entry, context);
  if (!text) return;
  if (column.type.kind != Kind::list && column.type.kind != Kind::vector) {
    context.diagnostics.error(
        Code::column_option, entry.key_span,
        fmt::format("`separator` of a column that is {}; it is for lists and vectors", types::to_text(column.type)));
  } else if (text->size() != 1 || *text == "\"" || *text == "\n" || static_cast<unsigned char>((*text)[0]) >= 0x80) {
    context.diagnostics
        .error(Code::column_option, entry.value.span,
               fmt::format("the separator `{}`; one ASCII character is needed", *text))
        .help.push_back("`separator: \"|\"`");
  } else {
    column.separator = (*text)[0];
  }
}

void read_npy_source(const Entry& entry, Column& column, Context& context) {
  Fields fields(entry, fmt::format("the source of `{}`", column.name), context);
  const Entry* npy = fields.need("npy", "source: {npy: content.npy}");
  fields.finish();
  if (npy == nullptr) return;
  if (const auto path = read_path(*npy, context)) column.npy = *path;
  if (column.type.kind != Kind::vector) {
    context.diagnostics.error(
        Code::column_option, entry.key_span,
        fmt::format("`source` of a column that is {}; a .npy file holds vectors", types::to_text(column.type)));
  }
}

void read_long_form(const Entry& entry, Column& column, Context& context) {
  Fields fields(entry, fmt::format("the column `{}`", entry.key), context);
  const Entry* type = fields.need("type", "type: int");
  const Entry* format = fields.take("format");
  const Entry* separator = fields.take("separator");
  const Entry* from = fields.take("from");
  const Entry* source = fields.take("source");
  fields.finish();
  if (type == nullptr) return;
  const auto type_text = read_text(*type, context);
  const auto parsed = type_text ? read_type(*type_text, type->value.span, context) : std::nullopt;
  if (!parsed) return;
  column.type = *parsed;
  if (from != nullptr) column.source_name = read_text(*from, context).value_or(column.name);
  if (separator != nullptr) read_separator(*separator, column, context);
  if (source != nullptr) read_npy_source(*source, column, context);
  if (format != nullptr) {
    if (column.type.kind != Kind::time) {
      context.diagnostics.error(
          Code::column_option, format->key_span,
          fmt::format("`format` of a column that is {}; it says how times are written", types::to_text(column.type)));
    } else if (const auto read = read_time_format(*format, context)) {
      column.time_format = *read;
    }
  }
  if (column.type.kind == Kind::vector && source == nullptr && separator == nullptr) {
    context.diagnostics
        .error(Code::vector_source, entry.key_span, fmt::format("the vectors of `{}` have no source", column.name))
        .help.push_back(
            "`source: {npy: FILE}` for a NumPy file, or `separator: \"|\"` for numbers in the raw file's field");
  }
}

}  // namespace

std::optional<Column> read_column(const Entry& entry, Context& context) {
  if (!check_name(entry.key, entry.key_span, context)) return std::nullopt;
  Column column{.name = entry.key, .type = types::integer(), .span = entry.key_span, .source_name = entry.key};
  const Node& node = entry.value;
  // `tags: [string]` without quotes is a YAML list of one word; it says what it means well enough.
  if (node.kind == Node::Kind::sequence && node.items.size() == 1 && node.items[0].kind == Node::Kind::scalar) {
    if (const auto type = read_type("[" + node.items[0].text + "]", node.items[0].span, context)) column.type = *type;
  } else if (node.kind == Node::Kind::mapping) {
    read_long_form(entry, column, context);
  } else if (const auto text = read_text(entry, context)) {
    const auto type = read_type(*text, node.span, context);
    if (type) column.type = *type;
    if (type && type->kind == Kind::vector) {
      context.diagnostics
          .error(Code::vector_source, node.span, fmt::format("the vectors of `{}` have no source", column.name))
          .help.push_back(fmt::format("`{}: {{type: {}, source: {{npy: {}.npy}}}}`", column.name, *text, column.name));
    }
  }
  return column;
}

}  // namespace rec::catalog
