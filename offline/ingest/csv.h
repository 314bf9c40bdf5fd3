// CSV and TSV, both ways: RFC 4180 quoting, CRLF or LF, a byte order mark, UTF-8 checked.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rec::ingest {

/// A raw file that cannot be read at all (missing, a directory, no header).
struct FileError {
  std::string path, message;
};

/// A row that cannot be split into fields; the reader goes on behind it.
enum class RowProblem { none, wrong_field_count, stray_quote, unterminated_quote, invalid_utf8, nul_byte, too_long };
/// A phrase for counting rows by reason: "wrong number of fields".
std::string_view to_text(RowProblem problem);

/// The longest record that is read: 16 MiB. A longer one is too_long, or an unterminated quote.
inline constexpr size_t kMaxRecordBytes = size_t{16} << 20;

/// Streams the records of a delimited file. Memory-maps it; fields are views that live until the next record.
class DelimitedReader {
 public:
  /// `separator`: "," or "\t" or several characters ("::"). `header`: the first record names the fields; without one
  /// give `names`. `quoting`: "..." fields as in RFC 4180 (CSV and TSV); without, quotes are ordinary characters.
  struct Options {
    std::string separator = ",";
    bool header = true;
    std::vector<std::string> names{};
    bool quoting = true;
  };
  static std::expected<DelimitedReader, FileError> open(const std::string& path, Options options);
  ~DelimitedReader();
  DelimitedReader(DelimitedReader&&) noexcept;

  const std::vector<std::string>& names() const;
  /// Index of a named field, or -1. Names are unique.
  int field(std::string_view name) const;

  /// Goes on at byte `begin`, which is in line `line`, and takes the file to end at byte `end`: a log's new part.
  void restrict_to(uint64_t begin, uint64_t line, uint64_t end);

  /// Moves to the next record; false at the end. Empty lines are passed over. After an unterminated or a stray quote it
  /// goes on with the line after the quote, so that one forgotten quote costs one row.
  bool next();
  const std::vector<std::string_view>& fields() const;  // of a record with problem() none
  RowProblem problem() const;
  std::string problem_text() const;  // with the particulars: "3 fields where the header has 4"
  uint64_t line() const;             // where the record begins, from 1; of a quote's problem, the line of the quote
  uint64_t next_line() const;        // where the next record begins
  uint64_t bytes_read() const;       // for progress
  uint64_t bytes_total() const;

 private:
  struct State;
  explicit DelimitedReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Writes CSV: quotes where needed, LF line ends, to a temporary file that close() renames into place.
class CsvWriter {
 public:
  static std::expected<CsvWriter, FileError> create(const std::string& path, const std::vector<std::string>& names);
  ~CsvWriter();
  CsvWriter(CsvWriter&&) noexcept;
  CsvWriter& operator<<(std::string_view field);
  CsvWriter& operator<<(int64_t field);
  CsvWriter& operator<<(float field);  // shortest form that reads back
  void end_row();
  std::expected<void, FileError> close();

 private:
  struct State;
  explicit CsvWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A two-dimensional little-endian float32 array in NumPy's .npy format (version 1.0 to 3.0, C order), memory-mapped.
class NpyMatrix {
 public:
  static std::expected<NpyMatrix, FileError> open(const std::string& path);
  ~NpyMatrix();
  NpyMatrix(NpyMatrix&&) noexcept;
  uint64_t rows() const;
  uint64_t columns() const;
  const float* row(uint64_t index) const;

 private:
  struct State;
  explicit NpyMatrix(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};
std::expected<void, FileError> write_npy(const std::string& path, const float* values, uint64_t rows, uint64_t columns);

}  // namespace rec::ingest
