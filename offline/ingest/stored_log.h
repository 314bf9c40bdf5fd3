// A log as it was read, kept in a generation: the next build reads only what has been added to the file since.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>

#include "offline/ingest/event_log.h"
#include "runtime/store/file_writer.h"
#include "runtime/store/mapped_file.h"

namespace rec::ingest {

/// What of the raw file was read, up to the end of what is stored.
struct LogSource {
  uint64_t bytes = 0, hash = 0;
  uint64_t lines = 1;  // number of the line behind it
  uint64_t bad_rows = 0, without_row = 0;
  bool open_quote = false;
};

/// Writes the events of a log, and of its unknown users those from `first_unknown` on.
std::expected<void, store::WriteError> write_stored_log(const std::string& path, const EventLog& log,
                                                        size_t first_unknown, const catalog::Events& events,
                                                        const LogSource& source);

/// Rows that a table's rows have become; empty: the same.
struct MovedRows {
  std::span<const uint32_t> users, items;
};

class StoredLog {
 public:
  /// Checks shapes and checksums.
  static std::expected<StoredLog, store::FileProblem> open(const std::string& path, const catalog::Events& events);

  const LogSource& source() const { return source_; }
  /// Those that it stores itself.
  const std::vector<store::Key>& unknown_users() const { return unknown_users_; }

  /// The events in the row numbers of today. `before`: users without a row of the part before.
  std::shared_ptr<EventLog> read(const catalog::Events& events, const std::vector<store::Key>& before,
                                 uint32_t known_users, const MovedRows& moved,
                                 const std::shared_ptr<column::StringSpace>& strings) const;

 private:
  explicit StoredLog(store::MappedFile file) : file_(std::make_shared<store::MappedFile>(std::move(file))) {}
  std::optional<store::FileProblem> read_shape(const catalog::Events& events);

  std::shared_ptr<store::MappedFile> file_;
  LogSource source_;
  uint32_t known_users_ = 0;  // rows of the users' table when it was written
  std::vector<store::Key> unknown_users_;
};

}  // namespace rec::ingest
