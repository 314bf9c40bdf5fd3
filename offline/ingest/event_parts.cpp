// In memory as long as it fits.
#include "offline/ingest/event_parts.h"

#include <algorithm>

#include "offline/ingest/log_reader.h"

namespace rec::ingest {

std::unique_ptr<EventParts> EventParts::read(const LogFile& file, const FilePart& part, memory::Budget* budget,
                                             BadRows& bad_rows, diagnostics::Diagnostics& diagnostics) {
  constexpr uint64_t kLookEvery = 4096;  // events
  auto reader = LogReader::open(file, part, bad_rows, diagnostics);
  if (!reader) return nullptr;
  std::unique_ptr<EventParts> parts(new EventParts(file));
  RawEvents raw(file.events);
  const auto spill = [&] {
    if (!parts->runs_) parts->runs_.emplace(*budget);
    parts->runs_->add(raw);
    raw = RawEvents(file.events);
  };
  const uint64_t most = budget == nullptr ? UINT64_MAX : budget->scratch();
  const uint64_t look_every = std::clamp<uint64_t>(most / 1024, 1, kLookEvery);
  while (reader->next(raw)) {
    if (budget != nullptr && raw.size() % look_every == 0 && raw.bytes() >= most) spill();
  }
  reader->finish(*parts->log_);
  parts->log_->strings = part.strings;
  if (!parts->runs_) {
    lay_out(raw, file.items, *parts->log_);
  } else {
    spill();
    parts->runs_->finish();
    lay_out(RawEvents(file.events), file.items, *parts->log_);
  }
  return parts;
}

std::unique_ptr<EventLog> EventParts::part(size_t index) const {
  auto out = std::make_unique<EventLog>();
  out->known_users = log_->known_users;
  out->unknown_users = log_->unknown_users;
  RawEvents raw(events_);
  runs_->read(index, raw);
  lay_out(raw, items_, *out);
  return out;
}

}  // namespace rec::ingest
