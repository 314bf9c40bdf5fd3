// Events as they were read, in columns that grow: before they are sorted and laid out.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "offline/ingest/event_log.h"
#include "runtime/store/bytes.h"
#include "runtime/store/table_data.h"

namespace rec::ingest {

/// One value an event in each; strings are numbers of the pool.
struct RawEvents {
  std::vector<uint32_t> user, item;
  std::vector<int64_t> time;
  std::vector<uint64_t> place;  // in the log; empty: in the order of the log
  store::StringPool pool;
  std::vector<store::ColumnData> columns;

  explicit RawEvents(const catalog::Events& events);
  size_t size() const { return time.size(); }
  /// About what they take in memory.
  uint64_t bytes() const;

 private:
  mutable uint64_t text_bytes_ = 0;  // of the texts that were counted
  mutable uint32_t counted_ = 0;
};

/// Appends event `index` as bytes, with its place in the log, and reads one back.
void write_event(store::ByteWriter& out, const RawEvents& raw, size_t index, uint64_t place);
void read_event(store::ByteReader& in, RawEvents& raw);
void remove_last(RawEvents& raw);

/// Fills in the columns of `log`, and its strings where it has none, newest first, equal times: the later in the log
/// first.
void lay_out(const RawEvents& raw, const store::Table& items, EventLog& log);

}  // namespace rec::ingest
