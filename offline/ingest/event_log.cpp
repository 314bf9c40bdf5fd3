// A whole log at once.
#include "offline/ingest/event_log.h"

#include "offline/ingest/event_parts.h"

namespace rec::ingest {

std::unique_ptr<EventLog> read_event_log(const LogFile& file, BadRows& bad_rows, diagnostics::Diagnostics& diagnostics,
                                         const FilePart& part) {
  auto parts = EventParts::read(file, part, nullptr, bad_rows, diagnostics);
  return parts == nullptr ? nullptr : parts->take_whole();
}

}  // namespace rec::ingest
