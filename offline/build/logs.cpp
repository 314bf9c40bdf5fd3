// The logs of a generation: read from their files, or what was added to them joined to what was read before.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "offline/build/builder.h"
#include "offline/build/inputs.h"
#include "offline/ingest/log_parts.h"

namespace rec::build {

namespace fs = std::filesystem;

bool Builder::make_logs() {
  for (size_t events = 0; events < catalog_.events.size(); ++events) {
    const std::string& name = catalog_.events[events].name;
    const std::string part = "log " + name;
    if (!stale_.contains(part)) continue;  // something is held out
    const bool made = make_part(part, store::events_path(path_, name), [&] {
      const Log* read = log(events);
      return read != nullptr && keep_log(events, logs_.at(events));
    });
    if (!made) return false;
    log_bad_rows_[events] = manifest_.parts[part].bad_rows;
    const std::string newer = store::newer_events_path(previous_path_, name);
    if (!stale_.at(part) && fs::exists(newer)) {
      if (auto linked = link_or_copy(newer, store::newer_events_path(path_, name)); !linked)
        return fail(linked.error());
    }
  }
  sum_bad_rows();
  return true;
}

void Builder::sum_bad_rows() {
  uint64_t all = 0;
  for (const auto& [log, rows] : log_bad_rows_) all += rows;
  manifest_.parts["events"].bad_rows = all;
}

const Builder::Log* Builder::log(size_t events) {
  const auto [entry, added] = logs_.try_emplace(events);
  Log& to = entry->second;
  if (added && !grow_log(events, to) && !read_log(events, to)) to.all = nullptr;
  return to.all == nullptr ? nullptr : &to;
}

/// Counts the rows that were left out of a log and says what of them is new.
bool Builder::count_bad_rows(size_t events, uint64_t before, const ingest::BadRows& bad_rows) {
  if (!report_bad_rows("events", bad_rows)) return false;
  log_bad_rows_[events] = before + bad_rows.total();
  const auto part = manifest_.parts.find("log " + catalog_.events[events].name);
  if (part != manifest_.parts.end()) part->second.bad_rows = log_bad_rows_[events];
  sum_bad_rows();
  return true;
}

ingest::LogFile Builder::log_file(size_t events) const {
  const catalog::Events& description = catalog_.events[events];
  return {.directory = directory_,
          .events = description,
          .users = *tables_->table(description.user_table),
          .keep_unknown_users = catalog_.table(description.user_table)->unknown.has_value(),
          .items = *tables_->table(description.item_table)};
}

bool Builder::read_log(size_t events, Log& to) {
  const catalog::Events& description = catalog_.events[events];
  const store::RawFile& raw = manifest_.raw_files.at(description.source.path);
  ingest::BadRows bad_rows;
  to = {};
  to.parts = ingest::EventParts::read(log_file(events), {.end = raw.size}, &*budget_, bad_rows, diagnostics_);
  if (to.parts == nullptr) return false;
  if (to.parts->is_whole()) {
    to.all = std::exchange(to.parts, nullptr)->take_whole();
    if (!hold_out(*to.all, events)) return false;
  } else {
    to.all = {to.parts, &to.parts->head()};
  }
  if (!spilled_well() || !count_bad_rows(events, 0, bad_rows)) return false;
  to.source = {.bytes = raw.size,
               .hash = raw.hash,
               .lines = to.all->lines,
               .bad_rows = bad_rows.total(),
               .without_row = to.all->without_row,
               .open_quote = to.all->open_quote};
  return true;
}

namespace {

/// Whether a byte of a file ends a line.
bool ends_line(const std::string& path, uint64_t byte) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(byte));
  return in.get() == '\n';
}

std::vector<uint8_t> flags(size_t rows, std::span<const uint32_t> which) {
  std::vector<uint8_t> out(rows);
  for (const uint32_t row : which) out[row] = 1;
  return out;
}

}  // namespace

/// False: it did not grow out of the one before, or there is none that could be read.
bool Builder::grow_log(size_t events, Log& to) {
  const catalog::Events& description = catalog_.events[events];
  if (!has_old_words("log " + description.name)) return false;
  const auto base = ingest::StoredLog::open(store::events_path(previous_path_, description.name), description);
  const std::string newer_path = store::newer_events_path(previous_path_, description.name);
  std::optional<ingest::StoredLog> newer;
  if (fs::exists(newer_path)) {
    auto opened = ingest::StoredLog::open(newer_path, description);
    if (!opened) return false;
    newer = std::move(*opened);
  }
  if (!base) return false;
  const ingest::LogSource& before = newer ? newer->source() : base->source();
  const std::string& path = description.source.path;
  const store::RawFile& raw = manifest_.raw_files.at(path);
  const bool same = raw.size == before.bytes && raw.hash == before.hash;
  const auto then = previous_->raw_files.find(path);
  const bool longer = grown_files_.contains(path) && then->second.size == before.bytes &&
                      then->second.hash == before.hash && !before.open_quote &&
                      ends_line(directory_ + "/" + path, before.bytes - 1);
  const auto &users = moved(description.user_table), &items = moved(description.item_table);
  if ((!same && !longer) || !users || !items || (options_.strict && before.bad_rows > 0)) return false;
  const store::Table& user_table = *tables_->table(description.user_table);
  const store::Table& item_table = *tables_->table(description.item_table);
  const bool new_rows = user_table.rows() != old_->table(description.user_table)->rows() ||
                        item_table.rows() != old_->table(description.item_table)->rows();
  if (new_rows && before.without_row > 0) return false;  // some may have one now
  const auto strings = std::make_shared<column::StringSpace>(item_table.strings());
  const ingest::MovedRows rows{.users = *users, .items = *items};
  to.base = base->read(description, {}, user_table.rows(), rows, strings);
  to.newer = newer ? newer->read(description, base->unknown_users(), user_table.rows(), rows, strings) : nullptr;
  const auto& last = to.newer != nullptr ? to.newer : to.base;
  for (const store::Key& key : last->unknown_users) {
    if (user_table.find(key)) return false;  // would move to another place among the users
  }
  to.newest_before = std::max(to.base->newest(), to.newer == nullptr ? 0 : to.newer->newest());
  to.base_source = base->source();
  to.source = before;
  std::shared_ptr<ingest::EventLog> added;
  if (longer) {
    ingest::BadRows bad_rows;
    added = ingest::read_event_log(log_file(events), bad_rows, diagnostics_,
                                   {.begin = before.bytes,
                                    .line = before.lines,
                                    .end = raw.size,
                                    .unknown_users = &last->unknown_users,
                                    .strings = strings});
    // Under --strict the whole log is read again, to say all.
    if (added == nullptr || (options_.strict && bad_rows.total() > 0)) return false;
    if (!count_bad_rows(events, before.bad_rows, bad_rows)) return false;
    to.source = {.bytes = raw.size,
                 .hash = raw.hash,
                 .lines = added->lines,
                 .bad_rows = before.bad_rows + bad_rows.total(),
                 .without_row = before.without_row + added->without_row,
                 .open_quote = added->open_quote};
  } else if (!count_bad_rows(events, before.bad_rows, {})) {
    return false;
  }
  if (added != nullptr) to.newer = to.newer == nullptr ? added : ingest::join(to.newer, added, description);
  to.all = to.newer == nullptr ? to.base : ingest::join(to.base, to.newer, description);
  const auto rows_of = [&](const auto& log, bool of_users) -> std::span<const uint32_t> {
    if (log == nullptr) return {};
    return of_users ? log->user : std::span(log->events.item, log->events.size);
  };
  to.new_users = flags(to.all->users(), rows_of(added, true));
  to.new_items = flags(item_table.rows(), rows_of(added, false));
  to.recent_users = flags(to.all->users(), rows_of(to.newer, true));
  to.grown = true;
  return true;
}

/// Writes a log for the next build: all of it, or what is newer than a base that has not changed.
bool Builder::keep_log(size_t events, Log& read) {
  constexpr size_t kSmallestShare = 4;  // of the base, from which on what is newer becomes a part of it
  const catalog::Events& description = catalog_.events[events];
  const std::string base = store::events_path(path_, description.name);
  const auto write = [&](const std::string& path, const ingest::EventLog& log, size_t first_unknown,
                         const ingest::LogSource& source) {
    const auto written = ingest::write_stored_log(path, log, first_unknown, description, source);
    return written || fail(written.error());
  };
  // What memory does not hold is read again by the next build.
  if (read.parts != nullptr) return write(base, *read.all, 0, {});
  if (read.grown) grew();
  read.rebased =
      !read.grown || (read.newer != nullptr && read.newer->events.size * kSmallestShare > read.base->events.size);
  if (read.rebased) return write(base, *read.all, 0, read.source);
  const bool same_rows = !stale_.at("table " + description.user_table) && !stale_.at("table " + description.item_table);
  if (same_rows) {
    const auto linked = link_or_copy(store::events_path(previous_path_, description.name), base);
    if (!linked) return fail(linked.error());
  } else if (!write(base, *read.base, 0, read.base_source)) {
    return false;
  }
  return read.newer == nullptr || write(store::newer_events_path(path_, description.name), *read.newer,
                                        read.base->unknown_users.size(), read.source);
}

const ingest::EventLog* Builder::recent(size_t events) {
  if (log(events) == nullptr) return nullptr;
  Log& of = logs_.at(events);
  if (of.recent == nullptr)
    of.recent = ingest::select_events(of.all, of.all->user, of.recent_users, catalog_.events[events]);
  return of.recent.get();
}

bool Builder::hold_out(ingest::EventLog& read, size_t events) {
  const catalog::Events& description = catalog_.events[events];
  for (const ingest::Holdout& holdout : options_.without) {
    const auto sequence = catalog_.sequence_index(holdout.sequence);
    const bool own = sequence && catalog_.sequences[*sequence].events == events;
    if (!own && holdout.kind != ingest::Holdout::Kind::after) {
      continue;
    }
    const auto counted = own ? evaluate_condition(catalog_.sequences[*sequence].where, events, read, context())
                             : std::vector<uint8_t>(read.events.size, 1);
    if (!counted) {
      return false;
    }
    ingest::remove_events(read,
                          ingest::held_out(holdout, read, *counted, *tables_->table(description.user_table),
                                           *tables_->table(description.item_table)),
                          description);
  }
  return true;
}

bool Builder::spilled_well() {
  const auto error = budget_->error();
  return !error || fail(*error);
}

bool Builder::each_part(size_t events, const std::function<bool(const ingest::EventLog&)>& use) {
  const Log* read = log(events);
  if (read == nullptr) return false;
  if (read->parts == nullptr) return use(*read->all);
  for (size_t i = 0; i < read->parts->size(); ++i) {
    const auto part = read->parts->part(i);
    if (!spilled_well() || !hold_out(*part, events) || !use(*part)) return false;
  }
  return true;
}

bool Builder::each_history(size_t sequence, bool recent,
                           const std::function<bool(const ingest::EventLog&, const KeptEvents&)>& use) {
  const catalog::Sequence& description = catalog_.sequences[sequence];
  const Log* read = log(description.events);
  if (read == nullptr) return false;
  if (read->parts == nullptr) {
    const KeptEvents* events = kept(sequence, recent);
    return events != nullptr && use(recent ? *this->recent(description.events) : *read->all, *events);
  }
  return each_part(description.events, [&](const ingest::EventLog& part) {
    const auto events = keep_events(description, part, context());
    return events && use(part, *events);
  });
}

std::optional<int64_t> Builder::newest(size_t events) {
  if (const auto known = newest_.find(events); known != newest_.end()) return known->second;
  std::optional<int64_t> time;
  const bool read = each_part(events, [&](const ingest::EventLog& part) {
    if (part.events.size > 0) time = std::max(time.value_or(part.newest()), part.newest());
    return true;
  });
  return read ? std::optional(newest_[events] = time.value_or(0)) : std::nullopt;
}

const KeptEvents* Builder::kept(size_t sequence, bool recent) {
  const auto known = kept_.find({sequence, recent});
  if (known != kept_.end()) return &known->second;
  const catalog::Sequence& description = catalog_.sequences[sequence];
  const Log* read = log(description.events);
  if (read == nullptr) return nullptr;
  const ingest::EventLog& from = recent ? *this->recent(description.events) : *read->all;
  auto events = keep_events(description, from, context());
  return events ? &kept_.emplace(std::pair(sequence, recent), std::move(*events)).first->second : nullptr;
}

}  // namespace rec::build
