// Logs put together and taken apart: the newer part of a log joined to the older one, and the events that matter to an
// update alone.
#pragma once

#include <memory>
#include <span>

#include "offline/ingest/event_log.h"

namespace rec::ingest {

/// Both as one log, newest first; at equal times what is in `newer`, the later part of the file, comes first. The codes
/// of both are of the same space, and the users of `older` have the same numbers in `newer`.
std::shared_ptr<EventLog> join(const std::shared_ptr<EventLog>& older, const std::shared_ptr<EventLog>& newer,
                               const catalog::Events& events);

/// The events of rows that are flagged, in their order, among the same users. `row`: of each event.
std::shared_ptr<EventLog> select_events(const std::shared_ptr<EventLog>& log, std::span<const uint32_t> row,
                                        const std::vector<uint8_t>& flagged, const catalog::Events& events);

}  // namespace rec::ingest
