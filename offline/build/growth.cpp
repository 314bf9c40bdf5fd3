// What parts can take over from the generation before when a log or a table has grown: rows that are the same, or have
// moved, and expressions that still have the values they had.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "offline/build/builder.h"
#include "offline/build/inputs.h"
#include "offline/build/interactions_file.h"
#include "offline/build/statistic_sums.h"
#include "offline/ingest/log_parts.h"
#include "runtime/store/generation_reader.h"
#include "runtime/store/index_reader.h"
#include "runtime/store/user_store.h"

namespace rec::build {
namespace {

/// Where the rows of a table are now; empty: where they were. nullopt: one is gone.
std::optional<std::vector<uint32_t>> moved_rows(const store::Table& before, const store::Table& now) {
  if (before.has_string_keys() != now.has_string_keys()) return std::nullopt;
  std::vector<uint32_t> rows;
  bool same = true;
  for (uint32_t row = 0; row < before.rows(); ++row) {
    const auto found = now.find(before.key(row));
    if (!found) return std::nullopt;
    rows.push_back(*found);
    same = same && *found == row;
  }
  if (same) rows.clear();
  return rows;
}

/// Flags rows of events that were in the window of a statistic and are not any more.
void flag_leavers(const catalog::Statistic& statistic, const ingest::EventLog& log, std::span<const uint32_t> row,
                  int64_t newest_before, std::vector<uint8_t>& flagged) {
  for (size_t event = 0; statistic.window_us && event < log.events.size; ++event) {
    const int64_t time = log.events.time[event];
    if (time > newest_before) continue;
    if (!in_window(statistic, newest_before, time)) break;
    if (!in_window(statistic, log.newest(), time) && row[event] < flagged.size()) flagged[row[event]] = 1;
  }
}

/// Takes the values of rows that are not flagged from the column before.
void take_unflagged(const column::ColumnView& before, std::span<const uint32_t> moved,
                    const std::vector<uint8_t>& flagged, store::ColumnData& to) {
  for (uint32_t row = 0; row < before.rows; ++row) {
    const uint32_t now = moved.empty() ? row : moved[row];
    if (flagged[now] != 0) continue;
    if (!to.present.empty()) to.present[now] = before.has(row) ? 1 : 0;
    if (!to.floats.empty()) to.floats[now] = before.floating(row);
    if (!to.integers.empty()) to.integers[now] = before.integer(row);
  }
}

}  // namespace

/// Opens the generation before; none where it cannot be read or something is held out of this one.
void Builder::open_old() {
  if (!previous_ || !options_.without.empty()) return;
  diagnostics::Diagnostics elsewhere;  // without it everything is made anew
  old_ = store::GenerationReader(directory_, previous_path_, sources_, elsewhere).open();
}

bool Builder::has_old_words(const std::string& part) const {
  if (old_ == nullptr) return false;
  const auto before = previous_->parts.find(part);
  return before != previous_->parts.end() && before->second.words == manifest_.parts.at(part).words;
}

const std::optional<std::vector<uint32_t>>& Builder::moved(const std::string& table) {
  const auto [entry, added] = moved_.try_emplace(table);
  const store::Table* before = old_ == nullptr ? nullptr : old_->table(table);
  if (!added || before == nullptr) return entry->second;
  if (stale_.at("table " + table)) {
    entry->second = moved_rows(*before, *tables_->table(table));
  } else {
    entry->second.emplace();
  }
  return entry->second;
}

std::optional<std::vector<uint32_t>> Builder::moved_users(size_t events, uint32_t users_before) {
  const std::string& table = catalog_.events[events].user_table;
  const auto& known = moved(table);
  if (!known) return std::nullopt;
  const uint32_t rows_before = old_->table(table)->rows(), rows = tables_->table(table)->rows();
  if (known->empty() && rows_before == rows) return std::vector<uint32_t>();
  std::vector<uint32_t> out(*known);
  if (out.empty()) {
    out.resize(rows_before);
    std::iota(out.begin(), out.end(), 0U);
  }
  for (uint32_t unknown = 0; rows_before + unknown < users_before; ++unknown) out.push_back(rows + unknown);
  return out;
}

bool Builder::stands(const std::optional<catalog::Expression>& expression, size_t events) {
  // Whatever reads the item says so; what says so and does not read it only costs time.
  return !expression || expression->text.find("item") == std::string::npos ||
         !stale_.at("table " + catalog_.events[events].item_table);
}

bool Builder::sequences_grow() {
  if (!has_old_words("sequences") || previous_->epoch == 0 || !users_are_readable()) return false;
  return std::ranges::all_of(catalog_.sequences, [&](const catalog::Sequence& sequence) {
    const Log* of = log(sequence.events);
    return of != nullptr && of->grown && !of->rebased && stands(sequence.where, sequence.events);
  });
}

std::optional<store::ColumnData> Builder::grow_statistic(const catalog::Statistic& statistic) {
  const Log& of = *log(statistic.events);
  if (!of.grown || statistic.by || !has_old_words("statistics " + statistic.table) ||
      !stands(statistic.where, statistic.events) || !stands(statistic.of, statistic.events) ||
      !moved(statistic.table) ||
      !is_whole(store::statistics_path(previous_path_, statistic.table), store::FileKind::statistics)) {
    return std::nullopt;
  }
  const catalog::Events& events = catalog_.events[statistic.events];
  const bool of_items = statistic.table == events.item_table;
  const auto row = of_items ? std::span(of.all->events.item, of.all->events.size) : of.all->user;
  std::vector<uint8_t> flagged = of_items ? of.new_items : of.new_users;
  flag_leavers(statistic, *of.all, row, of.newest_before, flagged);
  const auto concerned = std::ranges::count_if(row, [&](uint32_t one) { return flagged[one] != 0; });
  if (static_cast<size_t>(concerned) * 2 > row.size()) return std::nullopt;
  const auto selected = ingest::select_events(of.all, row, flagged, events);
  auto column = compute_statistic(statistic, *selected, of.all->newest(), context());
  if (column) {
    const auto index = old_->catalog().table(statistic.table)->column_index(statistic.column);
    take_unflagged(old_->table(statistic.table)->columns()[*index], *moved(statistic.table), flagged, *column);
  }
  return column;
}

std::optional<Builder::IndexBefore> Builder::index_before(const catalog::Index& index) {
  const size_t events = catalog_.sequences[*index.sequence].events;
  const Log* of = log(events);
  if (of == nullptr || !of->grown || !has_old_words("index " + index.name)) return std::nullopt;
  const std::string path = store::index_path(previous_path_, index.name);
  const auto kind = store::index_kind(index.algorithm);
  if (!is_whole(path, kind)) return std::nullopt;
  auto side = read_interactions(store::interactions_path(previous_path_, index.name));
  const auto users = side ? moved_users(events, side->rows()) : std::nullopt;
  const auto& items = moved(catalog_.events[events].item_table);
  if (!users || !items) return std::nullopt;
  const uint32_t item_rows = tables_->table(catalog_.events[events].item_table)->rows();
  const auto lists_of = [](const store::NeighbourLists& lists, uint32_t rows) {
    return indexes::NeighbourLists{.offsets = {lists.offsets, lists.offsets + rows + 1},
                                   .neighbour = std::vector(lists.neighbour, lists.neighbour + lists.offsets[rows]),
                                   .similarity = std::vector(lists.similarity, lists.similarity + lists.offsets[rows])};
  };
  IndexBefore before;
  before.of_user = indexes::renumber(std::move(*side), *users, *items, of->all->users());
  if (kind == store::FileKind::user_neighbours) {
    const store::UserIndex& old = *old_->user_index(index.name);
    before.lists = indexes::renumber(lists_of(old, old.users), *users, of->all->users());
    const uint64_t entries = old.history_offsets[old.users];
    indexes::Side history{.offsets = {old.history_offsets, old.history_offsets + old.users + 1},
                          .id = std::vector(old.history_item, old.history_item + entries),
                          .weight = std::vector(old.history_weight, old.history_weight + entries)};
    before.history = indexes::renumber(std::move(history), *users, *items, of->all->users());
  } else {
    const store::NeighbourIndex& old = *old_->index(index.name);
    before.lists = indexes::renumber(lists_of(old, old.items), *items, item_rows);
  }
  before.recent_suffices = stands(catalog_.sequences[*index.sequence].where, events) && stands(index.weight, events);
  return before;
}

std::optional<indexes::Places> Builder::places_before(const catalog::Index& index, const indexes::VectorSet& set) {
  constexpr uint64_t kMostGrown = 10;  // in so many vectors one may have come or gone since all were looked at
  const std::string part = "index " + index.name;
  const VectorsOf from = vectors_of(catalog_, index);
  if (from.table == nullptr || index.algorithm == "flat" || !has_old_words(part) ||
      !is_whole(store::index_path(previous_path_, index.name), store::FileKind::vectors)) {
    return std::nullopt;
  }
  const auto& moved = this->moved(from.table->name);
  const store::VectorIndex* old = old_->vector_index(index.name);
  const auto column_before = old_->catalog().table(from.table->name)->column_index(from.column->name);
  if (!moved || old == nullptr || old->count == 0 || !column_before) return std::nullopt;
  const auto& before = old_->table(from.table->name)->columns()[*column_before];
  const store::Table& table = *tables_->table(from.table->name);
  const auto& now = table.columns()[*from.table->column_index(from.column->name)];
  indexes::Places of_row(table.rows(), indexes::kNoPlace);
  for (uint32_t place = 0; place < old->count; ++place) {
    const uint32_t then = old->row[place], row = moved->empty() ? then : (*moved)[then];
    const float *a = before.vector(then), *b = now.vector(row);
    if (a != nullptr && b != nullptr && std::equal(a, a + old->dimension, b)) of_row[row] = place;
  }
  indexes::Places places;
  uint64_t stayed = 0;
  for (const uint32_t row : set.row) {
    places.push_back(of_row[row]);
    stayed += of_row[row] != indexes::kNoPlace ? 1 : 0;
  }
  const uint64_t came = set.row.size() - stayed, went = old->count - stayed;
  const uint64_t grown = previous_->parts.at(part).grown + std::max(came, went);
  if (grown * kMostGrown > set.row.size()) return std::nullopt;
  manifest_.parts[part].grown = grown;
  grew(fmt::format(" ({} of {} vectors)", came, set.row.size()));
  return places;
}

}  // namespace rec::build
