// A log of events as columns, newest first, with users and items resolved to rows.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "offline/ingest/bad_rows.h"
#include "runtime/column/column.h"
#include "runtime/store/generation.h"

namespace rec::ingest {

/// The events that were kept. Those of items without a row are left out and counted; those of users without a row too,
/// unless the users' table says what an unknown user gets.
struct EventLog {
  column::EventColumns events;      // newest first, equal times: the later in the log first
  std::span<const uint32_t> user;   // one an event: a row of the users' table, or rows() + index into unknown_users
  std::span<const uint64_t> place;  // in the log, where this is a part of one by users; else empty
  std::vector<store::Key> unknown_users;  // of the whole log
  uint32_t known_users = 0;               // rows of the users' table
  std::shared_ptr<column::StringSpace> strings;
  column::Arena arena;
  std::vector<std::shared_ptr<const void>> kept_alive;  // what columns point into beside the arena

  uint64_t lines = 1;        // of the file, up to where it was read
  uint64_t without_row = 0;  // events left out because their user or item has no row
  bool open_quote = false;   // one is never closed: what follows in the file may change how it is read

  uint32_t users() const { return known_users + static_cast<uint32_t>(unknown_users.size()); }
  const store::Key& unknown_user(uint32_t row) const { return unknown_users[row - known_users]; }
  int64_t newest() const { return events.size == 0 ? 0 : events.time[0]; }
};

/// A raw file and what its users and items are looked up in.
struct LogFile {
  const std::string& directory;
  const catalog::Events& events;
  const store::Table& users;
  bool keep_unknown_users;  // they have values
  const store::Table& items;
};

/// The part of a log's file that is read.
struct FilePart {
  uint64_t begin = 0, line = 1;                            // 0: from its first event
  uint64_t end = UINT64_MAX;                               // bytes behind it are not looked at
  const std::vector<store::Key>* unknown_users = nullptr;  // of the parts before, which keep their numbers
  std::shared_ptr<column::StringSpace> strings{};          // in which texts get their codes; null: one of its own
};

/// All of it in memory. nullptr after an error: a file that is not there or has not the columns that the catalog names.
std::unique_ptr<EventLog> read_event_log(const LogFile& file, BadRows& bad_rows, diagnostics::Diagnostics& diagnostics,
                                         const FilePart& part = {});

}  // namespace rec::ingest
