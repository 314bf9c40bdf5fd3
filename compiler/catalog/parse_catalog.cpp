// parse_catalog and read_catalog: the sections of a catalog in the order in which they build on one another.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/catalog/sections.h"

namespace rec::catalog {

using diagnostics::Code;

namespace {

/// Says only whether it can be a zone's name; the zone's rules are looked up by what uses them.
bool is_zone_name(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
           c == '-';
  };
  bool part = false;  // a part has begun
  for (const char c : text) {
    if (c == '/' ? !part : !is_part(c)) return false;
    part = c != '/';
  }
  const bool begins = !text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
  return begins && part && text.size() <= 64;
}

void read_timezone(const Entry& entry, Context& context, Catalog& catalog) {
  const auto text = read_text(entry, context);
  if (!text) return;
  if (is_zone_name(*text)) {
    catalog.timezone = *text;
    return;
  }
  context.diagnostics.error(Code::bad_timezone, entry.value.span, fmt::format("`{}` is no name of a time zone", *text))
      .help.push_back("name it like `Asia/Shanghai`, `Europe/Berlin` or `UTC`");
}

void read_sections(const Entry& root, Context& context, Catalog& catalog) {
  Fields fields(root, "the catalog", context);
  if (const Entry* timezone = fields.take("timezone")) read_timezone(*timezone, context, catalog);
  const Entry* tables = fields.need("tables", "tables: {users: {key: id, source: {csv: users.csv}}}");
  if (tables != nullptr) read_tables(*tables, context, catalog);
  if (const Entry* request = fields.take("request")) read_request(*request, context, catalog);
  if (const Entry* events = fields.take("events")) read_events(*events, context, catalog);
  if (const Entry* sequences = fields.take("sequences")) read_sequences(*sequences, context, catalog);
  if (const Entry* statistics = fields.take("statistics")) read_statistics(*statistics, context, catalog);
  if (tables != nullptr) finish_tables(*tables, context, catalog);
  const Entry* indexes = fields.take("indexes");
  // Models first: an index may be over a model's vectors.
  if (const Entry* models = fields.take("models")) read_models(*models, context, catalog);
  if (indexes != nullptr) read_indexes(*indexes, context, catalog);
  fields.finish();
}

std::string reason_text(const source::ReadError& error) {
  using Reason = source::ReadError::Reason;
  switch (error.reason) {
    case Reason::missing:
      return "there is no such file";
    case Reason::directory:
      return "it is a directory";
    case Reason::unreadable:
      return error.detail;
    case Reason::too_large:
      return "it is larger than 64 MiB";
    case Reason::invalid_utf8:
      return fmt::format("it is not UTF-8 from byte {} on", error.offset);
    case Reason::nul_byte:
      return fmt::format("it has a NUL byte at byte {}", error.offset);
  }
  return {};
}

}  // namespace

Catalog parse_catalog(source::FileId file, source::Sources& sources, diagnostics::Diagnostics& diagnostics) {
  Catalog catalog;
  catalog.file = file;
  Context context{sources, diagnostics};
  auto tree = parse_yaml(file, sources, diagnostics);
  const Entry root{.key = "catalog", .key_span = {file, 0, 0}, .value = tree ? std::move(*tree) : Node{}};
  if (root.value.kind != Node::Kind::null) {
    read_sections(root, context, catalog);
  } else if (!diagnostics.has_errors()) {
    diagnostics.error(Code::missing_catalog_key, root.key_span, "the catalog is empty")
        .help.push_back("a catalog has at least `tables:`");
  }
  return catalog;
}

Catalog read_catalog(const std::string& path, source::Sources& sources, diagnostics::Diagnostics& diagnostics) {
  const auto file = sources.read(path);
  if (file) return parse_catalog(*file, sources, diagnostics);
  diagnostics.error(Code::catalog_unreadable, {},
                    fmt::format("cannot read the catalog {}: {}", path, reason_text(file.error())));
  return {};
}

}  // namespace rec::catalog
