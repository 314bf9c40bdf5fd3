// A log of events from its raw file: as columns, newest first, with users and items resolved to rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "offline/ingest/bad_rows.h"
#include "runtime/column/column.h"
#include "runtime/store/generation.h"
#include "runtime/store/table_data.h"

namespace rec::ingest {

/// The events that were kept. Those of items without a row are left out and counted; those of users without a row too,
/// unless the users' table says what an unknown user gets.
struct EventLog {
  column::EventColumns events;     // newest first, equal times: the later in the log first
  std::span<const uint32_t> user;  // one an event: a row of the users' table, or rows() + index into unknown_users
  std::vector<store::Key> unknown_users;
  uint32_t known_users = 0;  // rows of the users' table
  std::unique_ptr<column::StringSpace> strings;
  column::Arena arena;

  uint32_t users() const { return known_users + static_cast<uint32_t>(unknown_users.size()); }
  int64_t newest() const { return events.size == 0 ? 0 : events.time[0]; }
};

/// nullptr after an error: a file that is not there or has not the columns that the catalog names.
std::unique_ptr<EventLog> read_event_log(const std::string& directory, const catalog::Events& events,
                                         const store::Table& users, bool unknown_users_have_values,
                                         const store::Table& items, BadRows& bad_rows,
                                         diagnostics::Diagnostics& diagnostics);

}  // namespace rec::ingest
