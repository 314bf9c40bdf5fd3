// Reads a log event by event.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "offline/ingest/raw_events.h"
#include "offline/ingest/table_reader.h"

namespace rec::ingest {

class LogReader {
 public:
  /// nullopt after an error: a file that is not there or has not the columns that the catalog names.
  static std::optional<LogReader> open(const LogFile& file, const FilePart& part, BadRows& bad_rows,
                                       diagnostics::Diagnostics& diagnostics);

  /// Appends the next event that is kept; false at the end.
  bool next(RawEvents& raw);
  /// Tells the log what was met so far: users without a row, by first appearance, and where reading stands.
  void finish(EventLog& log);

 private:
  /// Header fields of the log's user, item and time, and of its own columns.
  struct Fields {
    size_t user = 0, item = 0, time = 0;
    std::vector<size_t> columns{};
  };
  LogReader(const LogFile& file, DelimitedReader reader, BadRows& bad_rows)
      : file_(file), reader_(std::move(reader)), bad_rows_(bad_rows) {}
  bool find_fields(diagnostics::Diagnostics& diagnostics);
  bool add(RawEvents& raw);
  bool add_columns(RawEvents& raw);
  std::optional<uint32_t> find_item(std::string_view text);
  std::optional<uint32_t> find_user(std::string_view text);
  uint32_t add_unknown(const store::Key& key);
  void bad(const std::string& reason, std::string_view seen);

  LogFile file_;
  DelimitedReader reader_;
  BadRows& bad_rows_;
  Fields fields_{};
  std::map<store::Key, uint32_t> unknown_{};
  std::vector<store::Key> unknown_users_{};
  uint64_t without_row_ = 0;
  bool open_quote_ = false;
};

}  // namespace rec::ingest
