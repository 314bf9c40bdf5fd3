// A generation with some rows changed or added and some users' sequences replaced, in memory: what tests run on.
#pragma once

#include <deque>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/store/generation.h"

namespace rec::store {

/// A row by its key. Columns that are not named keep their values where the key is there; a new row has none in them:
/// missing, the table's `unknown:` value, or else zero, an empty text or list.
struct OverlayRow {
  size_t table = 0;
  Key key{};
  std::vector<std::pair<size_t, types::Value>> values{};  // by column; monostate: missing
};
struct OverlayEvent {
  Key item{};
  int64_t time = 0;
  std::vector<types::Value> columns{};  // one a column of the events; monostate: missing, or zero
};
/// The whole sequence of one user, in place of what the store has.
struct OverlaySequence {
  size_t sequence = 0;
  Key user{};
  std::vector<OverlayEvent> events{};
};

/// What a generation that was laid over another one owns.
struct Overlay {
  std::shared_ptr<const Generation> base;  // keeps mapped what both share
  std::vector<OverlaySequence> sequences{};
  std::deque<std::vector<std::byte>> memory{};
};

/// Indexes keep their lists, and statistics their values; rows that are new are in no list. Later rows of one key win
/// column by column. An error where a value does not fit its column, or a vector has another length.
std::expected<std::shared_ptr<const Generation>, std::string> lay_over(std::shared_ptr<const Generation> base,
                                                                       const std::vector<OverlayRow>& rows,
                                                                       std::vector<OverlaySequence> sequences);

/// The sequence of a user that was given, newest first; nothing where the store is to be asked.
std::optional<SequenceRead> read_given(const Overlay& overlay, size_t sequence, const Key& user, const Table& items,
                                       const catalog::Events& events, column::StringSpace& strings,
                                       column::Arena& arena);

}  // namespace rec::store
