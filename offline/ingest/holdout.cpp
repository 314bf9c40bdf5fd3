// Deciding by time, by place in a user's history, or by hash.
#include "offline/ingest/holdout.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstring>

namespace rec::ingest {
namespace {

std::string user_text(const EventLog& log, const store::Table& users, uint32_t user) {
  return user < log.known_users ? users.key_text(user) : store::to_text(log.unknown_user(user));
}

/// The kept ones of `size` values of `width` bytes, in order.
const void* packed(column::Arena& arena, const void* from, size_t width, const std::vector<uint8_t>& gone,
                   size_t kept) {
  if (from == nullptr) return nullptr;
  auto* const out = static_cast<std::byte*>(arena.allocate_bytes(kept * width));
  size_t to = 0;
  for (size_t i = 0; i < gone.size(); ++i) {
    if (gone[i] == 0) std::memcpy(out + width * to++, static_cast<const std::byte*>(from) + width * i, width);
  }
  return out;
}

}  // namespace

std::string to_text(const Holdout& holdout) {
  switch (holdout.kind) {
    case Holdout::Kind::after:
      return fmt::format("after {}", holdout.time);
    case Holdout::Kind::last:
      return fmt::format("last {} of {}", holdout.count, holdout.sequence);
    case Holdout::Kind::random:
      return fmt::format("random {} of {} by {}", holdout.share, holdout.sequence, holdout.seed);
  }
  return {};
}

std::vector<uint8_t> held_out(const Holdout& holdout, const EventLog& log, const std::vector<uint8_t>& counted,
                              const store::Table& users, const store::Table& items) {
  std::vector<uint8_t> held(log.events.size);
  switch (holdout.kind) {
    case Holdout::Kind::after:
      for (size_t e = 0; e < held.size(); ++e) held[e] = log.events.time[e] >= holdout.time ? 1 : 0;
      break;
    case Holdout::Kind::last: {  // the log is newest first
      std::vector<uint32_t> left(log.users(), holdout.count);
      for (size_t e = 0; e < held.size(); ++e) {
        held[e] = left[log.user[e]] > 0 ? 1 : 0;
        if (counted[e] != 0 && left[log.user[e]] > 0) --left[log.user[e]];
      }
      break;
    }
    case Holdout::Kind::random: {
      const auto bound = static_cast<uint64_t>(holdout.share * 0x1p53);
      for (size_t e = 0; e < held.size(); ++e) {
        const std::string pair = user_text(log, users, log.user[e]) + "\t" + items.key_text(log.events.item[e]);
        held[e] = XXH64(pair.data(), pair.size(), holdout.seed) >> 11 < bound ? 1 : 0;
      }
    }
  }
  return held;
}

void remove_events(EventLog& log, const std::vector<uint8_t>& gone, const catalog::Events& events) {
  size_t kept = 0;
  for (const uint8_t one : gone) kept += one == 0 ? 1 : 0;
  const auto pack = [&](const void* from, size_t width) { return packed(log.arena, from, width, gone, kept); };
  log.events.time = static_cast<const int64_t*>(pack(log.events.time, sizeof(int64_t)));
  log.events.item = static_cast<const uint32_t*>(pack(log.events.item, sizeof(uint32_t)));
  log.user = {static_cast<const uint32_t*>(pack(log.user.data(), sizeof(uint32_t))), kept};
  for (size_t c = 0; c < log.events.columns.size(); ++c) {
    auto& column = log.events.columns[c];
    column.data = pack(column.data, types::width(events.columns[c].type));
    column.present = static_cast<const uint8_t*>(pack(column.present, 1));
  }
  if (!log.place.empty()) log.place = {static_cast<const uint64_t*>(pack(log.place.data(), sizeof(uint64_t))), kept};
  log.events.size = kept;
}

}  // namespace rec::ingest
