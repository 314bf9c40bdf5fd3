// The sections of a catalog, one reader each, in the order in which they build on one another.
#pragma once

#include "compiler/catalog/fields.h"

namespace rec::catalog {

/// Stands in Sequence::events, Index::sequence and the like after an error, so that what follows can be checked without
/// a second report.
inline constexpr size_t kUnknown = SIZE_MAX;

/// A column in its short form (`int?`) or its long one (`{type: ..., from: ...}`).
std::optional<Column> read_column(const Entry& entry, Context& context);
std::optional<types::Type> read_type(const std::string& text, Span span, Context& context);
std::optional<FileSource> read_source(const Entry& entry, Context& context);
std::optional<TimeFormat> read_time_format(const Entry& entry, Context& context);

void read_tables(const Entry& section, Context& context, Catalog& catalog);
void read_request(const Entry& section, Context& context, Catalog& catalog);
void read_events(const Entry& section, Context& context, Catalog& catalog);
void read_sequences(const Entry& section, Context& context, Catalog& catalog);
void read_statistics(const Entry& section, Context& context, Catalog& catalog);
/// `indexed`, `sorted` and `unknown` of the tables, once the statistics are among the columns.
void finish_tables(const Entry& section, Context& context, Catalog& catalog);
void read_indexes(const Entry& section, Context& context, Catalog& catalog);
void read_models(const Entry& section, Context& context, Catalog& catalog);

/// Index of the event log that `from:` names, kUnknown after a report.
size_t read_event_log(Fields& fields, const Catalog& catalog, Context& context);

/// The value that a node writes for a column; reports what the type does not hold.
std::optional<types::Value> read_value(const Node& node, const types::Type& type, const std::string& what,
                                       Context& context);

}  // namespace rec::catalog
