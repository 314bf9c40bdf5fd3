// Columns copied run by run.
#include "offline/ingest/log_parts.h"

#include <cstring>

namespace rec::ingest {
namespace {

/// Events `begin` to `end` of one of the logs that a new one is made of.
struct Run {
  const EventLog* from;
  size_t begin, end;
};

/// `size` values of `width` bytes; nullptr where the first run has none.
template <typename Column>
const void* copy(column::Arena& arena, std::span<const Run> runs, size_t size, size_t width, Column column) {
  if (runs.empty() || column(*runs[0].from) == nullptr) return nullptr;
  auto* const out = static_cast<std::byte*>(arena.allocate_bytes(size * width));
  size_t to = 0;
  for (const Run& run : runs) {
    const auto* const from = static_cast<const std::byte*>(static_cast<const void*>(column(*run.from)));
    std::memcpy(out + to * width, from + run.begin * width, (run.end - run.begin) * width);
    to += run.end - run.begin;
  }
  return out;
}

std::shared_ptr<EventLog> gather(std::span<const Run> runs, const catalog::Events& events) {
  auto out = std::make_shared<EventLog>();
  size_t size = 0;
  for (const Run& run : runs) size += run.end - run.begin;
  const auto values = [&](size_t width, auto column) { return copy(out->arena, runs, size, width, column); };
  out->events.size = size;
  out->events.time =
      static_cast<const int64_t*>(values(sizeof(int64_t), [](const EventLog& log) { return log.events.time; }));
  out->events.item =
      static_cast<const uint32_t*>(values(sizeof(uint32_t), [](const EventLog& log) { return log.events.item; }));
  const void* user = values(sizeof(uint32_t), [](const EventLog& log) { return log.user.data(); });
  out->user = {static_cast<const uint32_t*>(user), size};
  for (size_t c = 0; c < events.columns.size(); ++c) {
    column::EventColumns::Column column;
    column.data =
        values(types::width(events.columns[c].type), [&](const EventLog& log) { return log.events.columns[c].data; });
    const void* present = values(1, [&](const EventLog& log) { return log.events.columns[c].present; });
    column.present = static_cast<const uint8_t*>(present);
    out->events.columns.push_back(column);
  }
  return out;
}

void take_users_and_texts(EventLog& log, const EventLog& from) {
  log.unknown_users = from.unknown_users;
  log.known_users = from.known_users;
  log.strings = from.strings;
}

}  // namespace

std::shared_ptr<EventLog> join(const std::shared_ptr<EventLog>& older, const std::shared_ptr<EventLog>& newer,
                               const catalog::Events& events) {
  std::vector<Run> runs;
  size_t a = 0, b = 0;  // of newer, of older
  const int64_t *late = newer->events.time, *early = older->events.time;
  while (a < newer->events.size || b < older->events.size) {
    size_t end = a;
    while (end < newer->events.size && (b == older->events.size || late[end] >= early[b])) ++end;
    if (end > a) runs.push_back({newer.get(), a, end});
    a = end;
    end = b;
    if (a == newer->events.size) end = older->events.size;
    while (end < older->events.size && early[end] > late[a]) ++end;
    if (end > b) runs.push_back({older.get(), b, end});
    b = end;
  }
  auto out = gather(runs, events);
  take_users_and_texts(*out, *newer);
  out->kept_alive = {older, newer};
  return out;
}

std::shared_ptr<EventLog> select_events(const std::shared_ptr<EventLog>& log, std::span<const uint32_t> row,
                                        const std::vector<uint8_t>& flagged, const catalog::Events& events) {
  std::vector<Run> runs;
  for (size_t event = 0; event < row.size(); ++event) {
    if (row[event] >= flagged.size() || flagged[row[event]] == 0) continue;
    if (runs.empty() || runs.back().end != event) {
      runs.push_back({log.get(), event, event + 1});
    } else {
      ++runs.back().end;
    }
  }
  auto out = gather(runs, events);
  take_users_and_texts(*out, *log);
  out->kept_alive = {log};
  return out;
}

}  // namespace rec::ingest
