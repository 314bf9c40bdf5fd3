// What data exists: the parsed, checked form of a data directory's catalog.yaml. docs/catalog.md is its manual.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"
#include "compiler/types/type.h"

namespace rec::catalog {

using source::Span;

/// An expression of the `.rec` language inside the catalog; the check stage compiles it.
/// `span` covers exactly the expression's text in the catalog's file (or in a file of its own where YAML quoting
/// changed the text).
struct Expression {
  std::string text;
  Span span;
};

enum class FileFormat { csv, tsv };
struct FileSource {
  FileFormat format = FileFormat::csv;
  std::string path;  // as written, relative to the data directory
  Span span;
};

/// How a time column is written in the raw file. `iso` reads ISO 8601.
enum class TimeFormat { unix_seconds, unix_milliseconds, unix_microseconds, iso };

struct Column {
  std::string name;
  types::Type type;
  Span span;
  std::string source_name;  // the header's name in the raw file (`from:`; the column's name unless given)
  TimeFormat time_format = TimeFormat::unix_seconds;  // of time columns
  char separator = '|';                               // between the elements of a list
  std::string npy{};  // vector columns: path of the .npy, row k of it belongs to row k of the raw file
  bool indexed = false;
  bool sorted = false;
  bool is_key = false;
  bool is_statistic = false;  // computed by rec-build, appended after the declared columns
};

struct Table {
  std::string name;
  Span span;
  FileSource source;
  size_t key = 0;  // index of the key column in `columns` (always 0); int unless declared string
  std::vector<Column>
      columns;  // the key, the declared ones in order, then the table's statistics in the catalog's order
  std::optional<std::vector<types::Value>> unknown;  // one a column (monostate where not given), if `unknown:` is there

  const Column* column(std::string_view column_name) const;
  std::optional<size_t> column_index(std::string_view column_name) const;
};

struct RequestField {
  std::string name;
  types::Type type;
  Span span;
};

/// A log of what users did to items.
struct Events {
  std::string name;
  Span span;
  FileSource source;
  std::string user_column, item_column, time_column;  // header names in the raw file
  TimeFormat time_format = TimeFormat::unix_seconds;
  std::string user_table, item_table;  // `users:` and `items:`; by default the only tables that fit (docs/catalog.md)
  std::vector<Column> columns;         // the event's own columns
  std::optional<size_t> column_index(std::string_view column_name) const;
};

struct Sequence {
  std::string name;
  Span span;
  size_t events = 0;  // index in Catalog::events
  std::optional<Expression> where;
  uint32_t keep = 0;  // the newest that are kept
};

enum class StatisticValue { count, sum, mean, rate };
/// A column computed over events: `notes.clicks_7d: {from: feedback, where: ..., value: count, window: 7d}`.
struct Statistic {
  std::string table, column;
  Span span;
  size_t events = 0;
  std::optional<Expression> where;
  StatisticValue value = StatisticValue::count;
  std::optional<Expression>
      of;  // `of:`: sum, mean: what is added up; rate: the condition counted over all events that pass `where`
  std::optional<int64_t> window_us;  // none: all time; ends at the newest event of the log
  std::optional<Expression> by;      // grouped: not built yet
};

/// One option of an index, as written; builders read the ones they know, the catalog has checked names and types.
using OptionValue = std::variant<bool, int64_t, double, std::string>;
struct Index {
  std::string name;
  Span span;
  std::string algorithm;                       // "item_cf", "swing", "user_cf", "hnsw", ...
  std::optional<size_t> sequence;              // `from:`, index in Catalog::sequences
  std::optional<Expression> weight;            // of an event: 1 unless given
  std::map<std::string, OptionValue> options;  // checked (`none` is absent; `vectors` as written);  defaults filled in:
                                               // top_k, popularity_exponent, user_weight, ... half_life in microseconds
  std::string user_table, item_table;
};

struct ModelInput {
  std::string name;
  Expression value;
};
struct ModelTarget {
  std::string name;
  std::optional<Expression> value;
  std::string given;  // another target's name, or empty
};
struct Model {
  std::string name;
  Span span;
  std::string algorithm;                             // "two_tower", "mmoe", ...; "onnx" for a given file
  std::string onnx;                                  // path, algorithm "onnx" only
  std::vector<ModelInput> inputs;                    // features
  std::vector<ModelInput> user_inputs, item_inputs;  // towers
  std::vector<ModelTarget> targets;
  std::map<std::string, OptionValue> loss;  // as written: bool, int, double or text
  std::vector<std::string>
      outputs;  // names of what it returns: targets or outputs; one: a float column; several: a record
};

struct Catalog {
  source::FileId file = source::kNoFile;
  std::string timezone;  // empty: not declared
  std::vector<Table> tables;
  std::vector<RequestField> request;
  std::vector<Events> events;
  std::vector<Sequence> sequences;
  std::vector<Statistic> statistics;
  std::vector<Index> indexes;
  std::vector<Model> models;

  const Table* table(std::string_view name) const;
  const Events* event_log(std::string_view name) const;
  std::optional<size_t> table_index(std::string_view name) const;
  std::optional<size_t> sequence_index(std::string_view name) const;
  std::optional<size_t> index_index(std::string_view name) const;
  const Index* index(std::string_view name) const;
  const Model* model(std::string_view name) const;
};

/// Sets one option of an index from text; what is wrong with it, or nothing.
std::optional<std::string> set_index_option(Catalog& catalog, const std::string& index, const std::string& option,
                                            const std::string& value);

/// Parses and checks catalog.yaml. Every mistake is reported with its place; a catalog with errors must not be used.
/// Expressions are not compiled here (check::check_catalog does).
Catalog parse_catalog(source::FileId file, source::Sources& sources, diagnostics::Diagnostics& diagnostics);
/// The same from a file on disk; a file that cannot be read is a diagnostic too.
Catalog read_catalog(const std::string& path, source::Sources& sources, diagnostics::Diagnostics& diagnostics);

}  // namespace rec::catalog
