// A log that may be larger than memory: whole, or in parts that each hold all events of some users.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "offline/ingest/event_log.h"
#include "offline/ingest/event_runs.h"

namespace rec::ingest {

class EventParts {
 public:
  /// nullptr after an error, as of read_event_log. What goes beyond the budget's scratch is sorted by user into a file,
  /// a run at a time, and brought back from there; without a budget nothing does.
  static std::unique_ptr<EventParts> read(const LogFile& file, const FilePart& part, memory::Budget* budget,
                                          BadRows& bad_rows, diagnostics::Diagnostics& diagnostics);

  /// All of it is in memory.
  bool is_whole() const { return !runs_; }
  std::unique_ptr<EventLog> take_whole() { return std::move(log_); }

  /// Of a log that is not whole. Users of parts ascend.
  size_t size() const { return runs_->parts(); }
  std::unique_ptr<EventLog> part(size_t index) const;
  /// The log without its events: its users, and what reading it told.
  EventLog& head() { return *log_; }

 private:
  explicit EventParts(const LogFile& file) : events_(file.events), items_(file.items) {}

  const catalog::Events& events_;
  const store::Table& items_;
  std::unique_ptr<EventLog> log_ = std::make_unique<EventLog>();
  std::optional<EventRuns> runs_{};
};

}  // namespace rec::ingest
