// Reading users' sequences.
#include "runtime/store/user_store.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "runtime/store/bytes.h"
#include "runtime/store/event_codec.h"

namespace rec::store {
namespace {

constexpr size_t kLongestKey = 480;

void append_big_endian(std::string& out, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) {
    out.push_back(static_cast<char>(value >> (8 * i)));
  }
}

/// The record behind the user's key, which stands before it when its record key is only a hash; nullopt: it is another
/// user's.
std::optional<std::string_view> payload(std::string_view record, const RecordKey& key, const Key& user) {
  if (!key.hashed) {
    return record;
  }
  ByteReader in(record);
  if (in.text() != std::get<std::string>(user)) {
    return std::nullopt;
  }
  return record.substr(record.size() - in.left());
}

}  // namespace

std::string user_store_path(const std::string& data_directory) {
  return data_directory + "/users.mdb";
}

RecordKey record_key(size_t sequence, const Key& user) {
  RecordKey key;
  append_big_endian(key.bytes, sequence, 2);
  if (const auto* number = std::get_if<int64_t>(&user)) {
    key.bytes.push_back('i');
    append_big_endian(key.bytes, static_cast<uint64_t>(*number) ^ (uint64_t{1} << 63), 8);
    return key;
  }
  const auto& text = std::get<std::string>(user);
  key.hashed = text.size() > kLongestKey;
  key.bytes.push_back(key.hashed ? 'h' : 's');
  if (key.hashed) {
    append_big_endian(key.bytes, XXH64(text.data(), text.size(), 0), 8);
    append_big_endian(key.bytes, XXH64(text.data(), text.size(), 1), 8);
  } else {
    key.bytes += text;
  }
  return key;
}

std::pair<std::string, std::string> make_record(size_t sequence, const Key& user, std::string events) {
  RecordKey key = record_key(sequence, user);
  if (key.hashed) {
    ByteWriter out;
    out.text(std::get<std::string>(user));
    out.raw(events.data(), events.size());
    events = out.take();
  }
  return {std::move(key.bytes), std::move(events)};
}

std::vector<types::Type> event_types(const catalog::Events& events) {
  std::vector<types::Type> types;
  for (const catalog::Column& column : events.columns) {
    types.push_back(column.type);
  }
  return types;
}

std::expected<std::unique_ptr<UserStore>, std::string> UserStore::open(const std::string& data_directory,
                                                                       uint64_t epoch, uint64_t base_epoch,
                                                                       uint64_t bytes) {
  const std::string path = user_store_path(data_directory);
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return std::unexpected(fmt::format("{} is not there", path));
  }
  if (static_cast<uint64_t>(info.st_size) < bytes) {
    return std::unexpected(fmt::format("{} has only {} of its {} bytes", path, info.st_size, bytes));
  }
  auto environment = LmdbEnvironment::open(path, false);
  if (!environment) {
    return std::unexpected(environment.error());
  }
  std::vector<uint64_t> epochs{epoch};
  if (base_epoch != 0) {
    epochs.push_back(base_epoch);
  }
  for (const uint64_t one : epochs) {
    const auto there = (*environment)->has_epoch(one);
    if (!there) {
      return std::unexpected(there.error());
    }
    if (!*there) {
      return std::unexpected(fmt::format("{} does not hold the sequences of this generation", path));
    }
  }
  return std::unique_ptr<UserStore>(new UserStore(std::move(*environment), std::move(epochs)));
}

std::expected<SequenceRead, std::string> UserStore::read(size_t sequence, const Key& user,
                                                         const std::vector<types::Type>& types, const Table& items,
                                                         column::StringSpace& strings, column::Arena& arena) const {
  const RecordKey key = record_key(sequence, user);
  std::expected<SequenceRead, std::string> events = SequenceRead{};
  events->events.columns.resize(types.size());
  bool known = false;
  for (size_t i = 0; i < epochs_.size() && !known; ++i) {
    const auto found = environment_->read(epochs_[i], key.bytes, [&](std::string_view record) {
      if (const auto bytes = payload(record, key, user)) {
        known = true;
        events = decode_events(*bytes, types, items, strings, arena);
      }
    });
    if (!found) {
      return std::unexpected(found.error());
    }
  }
  if (!events) {
    return std::unexpected(fmt::format("{}, user {}", events.error(), to_text(user)));
  }
  return events;
}

std::expected<void, std::string> UserStore::check(const catalog::Catalog& catalog,
                                                  const std::function<const Table&(size_t sequence)>& items) const {
  for (const uint64_t epoch : epochs_) {
    if (auto checked = check(epoch, catalog, items); !checked) {
      return checked;
    }
  }
  return {};
}

std::expected<void, std::string> UserStore::check(uint64_t epoch, const catalog::Catalog& catalog,
                                                  const std::function<const Table&(size_t sequence)>& items) const {
  std::string wrong;
  column::Arena arena;
  const auto read = environment_->read_all(epoch, [&](std::string_view key, std::string_view record) {
    ByteReader in(key);
    const size_t sequence = size_t{in.byte()} * 256 + in.byte();
    const uint8_t form = in.byte();
    if (!in.ok() || sequence >= catalog.sequences.size()) {
      wrong = "a record of the user store belongs to no sequence";
      return false;
    }
    if (form == 'h') {
      ByteReader body(record);
      body.text();
      record.remove_prefix(record.size() - body.left());
    }
    arena.reset();
    const Table& table = items(sequence);
    column::StringSpace strings(table.strings());
    const auto types = event_types(catalog.events[catalog.sequences[sequence].events]);
    const auto events = decode_events(record, types, table, strings, arena);
    if (!events) {
      wrong = events.error();
    }
    return wrong.empty();
  });
  if (!read) {
    return read;
  }
  if (!wrong.empty()) {
    return std::unexpected(wrong);
  }
  return {};
}

}  // namespace rec::store
