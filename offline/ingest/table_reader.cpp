// Reading a table row by row.
#include "offline/ingest/table_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "offline/ingest/field.h"
#include "runtime/store/table_writer.h"

namespace rec::ingest {
namespace {

using diagnostics::Code;

/// A declared column and where its values come from.
struct Source {
  const catalog::Column* column = nullptr;
  size_t field = 0;
  std::optional<NpyMatrix> matrix;
};

std::optional<NpyMatrix> open_matrix(const std::string& directory, const catalog::Column& column,
                                     diagnostics::Diagnostics& diagnostics) {
  auto matrix = NpyMatrix::open(directory + "/" + column.npy);
  if (!matrix) {
    diagnostics.error(Code::raw_file, column.span,
                      fmt::format("cannot read {}: {}", matrix.error().path, matrix.error().message));
    return std::nullopt;
  }
  if (matrix->columns() != column.type.size) {
    diagnostics.error(Code::vector_file, column.span,
                      fmt::format("{} has vectors of {} numbers, `{}` is a {}", column.npy, matrix->columns(),
                                  column.name, types::to_text(column.type)));
    return std::nullopt;
  }
  return std::move(*matrix);
}

std::optional<std::vector<Source>> open_columns(const std::string& directory, const catalog::Table& table,
                                                const DelimitedReader& reader, diagnostics::Diagnostics& diagnostics) {
  std::vector<Source> sources;
  bool whole = true;
  for (const catalog::Column& column : table.columns) {
    if (column.is_statistic) {
      continue;
    }
    Source source{.column = &column, .field = 0, .matrix = {}};
    if (!column.npy.empty()) {
      if (auto matrix = open_matrix(directory, column, diagnostics)) {
        source.matrix.emplace(std::move(*matrix));
      }
      whole = whole && source.matrix;
    } else {
      const auto field = find_field(reader, table.source, column.source_name, column.span, diagnostics);
      source.field = field.value_or(0);
      whole = whole && field;
    }
    sources.push_back(std::move(source));
  }
  if (!whole) {
    return std::nullopt;
  }
  return sources;
}

class TableBuilder {
 public:
  TableBuilder(std::string file, std::vector<Source> sources, BadRows& bad_rows)
      : file_(std::move(file)), sources_(std::move(sources)), bad_rows_(bad_rows) {
    for (const Source& source : sources_) {
      table_.data.columns.push_back(empty_column(source.column->type));
    }
  }

  void add(const DelimitedReader& reader) {
    if (reader.problem() != RowProblem::none) {
      bad_rows_.add(file_, std::string(to_text(reader.problem())), reader.line());
    } else {
      add_row(reader);
    }
    ++records_;
  }

  /// A matrix whose rows are not those of the raw file would give every row another's vector.
  bool matrices_fit(diagnostics::Diagnostics& diagnostics) const {
    bool fit = true;
    for (const Source& source : sources_) {
      if (source.matrix && source.matrix->rows() != records_) {
        diagnostics.error(Code::vector_file, source.column->span,
                          fmt::format("{} has {} vectors, {} has {} rows; row k of one belongs to row k of the other",
                                      source.column->npy, source.matrix->rows(), file_, records_));
        fit = false;
      }
    }
    return fit;
  }

  /// Duplicate keys are found here: of each, the row that was read first stays.
  RawTable finish() {
    const store::ColumnData& keys = table_.data.columns[0];
    const auto same_key = [&](uint32_t a, uint32_t b) {
      return keys.type.kind == types::Kind::string ? keys.strings[a] == keys.strings[b]
                                                   : keys.integers[a] == keys.integers[b];
    };
    std::vector<uint32_t> duplicates;
    for (const uint32_t row : store::key_order(table_.data)) {
      if (!table_.order.empty() && same_key(table_.order.back(), row)) {
        duplicates.push_back(row);
      } else {
        table_.order.push_back(row);
      }
    }
    std::ranges::sort(duplicates);
    for (const uint32_t row : duplicates) {
      bad_rows_.add(file_, fmt::format("`{}` is there before", sources_[0].column->name), lines_[row],
                    keys.type.kind == types::Kind::string ? table_.data.pool.text(keys.strings[row])
                                                          : std::to_string(keys.integers[row]));
    }
    return std::move(table_);
  }

 private:
  void add_row(const DelimitedReader& reader) {
    for (size_t i = 0; i < sources_.size(); ++i) {
      const Source& source = sources_[i];
      std::string_view seen;
      std::optional<std::string> reason;
      if (source.matrix) {
        // Too few vectors are an error once all rows have been counted; until then zeros stand in.
        const std::vector<float> zeros(source.column->type.size);
        const float* vector = records_ < source.matrix->rows() ? source.matrix->row(records_) : zeros.data();
        reason = append_vector(vector, *source.column, table_.data.pool, table_.data.columns[i]);
      } else {
        seen = reader.fields()[source.field];
        reason = append_field(seen, *source.column, table_.data.pool, table_.data.columns[i]);
      }
      if (reason) {
        bad_rows_.add(file_, *reason, reader.line(), seen);
        while (i-- > 0) {
          truncate(table_.data.columns[i], table_.data.rows);
        }
        return;
      }
    }
    lines_.push_back(reader.line());
    ++table_.data.rows;
  }

  std::string file_;
  std::vector<Source> sources_;
  BadRows& bad_rows_;
  RawTable table_;
  std::vector<uint64_t> lines_;
  uint64_t records_ = 0;
};

}  // namespace

std::optional<DelimitedReader> open_raw_file(const std::string& directory, const catalog::FileSource& source,
                                             diagnostics::Diagnostics& diagnostics) {
  DelimitedReader::Options options;
  options.separator = source.format == catalog::FileFormat::tsv ? "\t" : ",";
  auto reader = DelimitedReader::open(directory + "/" + source.path, options);
  if (!reader) {
    diagnostics.error(Code::raw_file, source.span,
                      fmt::format("cannot read {}: {}", reader.error().path, reader.error().message));
    return std::nullopt;
  }
  return std::move(*reader);
}

std::optional<size_t> find_field(const DelimitedReader& reader, const catalog::FileSource& source,
                                 const std::string& name, source::Span span, diagnostics::Diagnostics& diagnostics) {
  const int field = reader.field(name);
  if (field >= 0) {
    return static_cast<size_t>(field);
  }
  auto& error = diagnostics.error(Code::raw_column, span, fmt::format("{} has no column `{}`", source.path, name));
  std::string there;
  for (const std::string& other : reader.names()) {
    there += (there.empty() ? "`" : ", `") + other + "`";
  }
  error.notes.push_back(fmt::format("its header has {}", there));
  if (auto hint = diagnostics::did_you_mean(name, reader.names()); !hint.empty()) {
    error.help.push_back(std::move(hint));
  }
  return std::nullopt;
}

std::optional<RawTable> read_table(const std::string& directory, const catalog::Table& table, BadRows& bad_rows,
                                   diagnostics::Diagnostics& diagnostics) {
  auto reader = open_raw_file(directory, table.source, diagnostics);
  if (!reader) {
    return std::nullopt;
  }
  auto sources = open_columns(directory, table, *reader, diagnostics);
  if (!sources) {
    return std::nullopt;
  }
  TableBuilder builder(table.source.path, std::move(*sources), bad_rows);
  while (reader->next()) {
    builder.add(*reader);
  }
  if (!builder.matrices_fit(diagnostics)) {
    return std::nullopt;
  }
  return builder.finish();
}

}  // namespace rec::ingest
