// Events in a file: runs that are sorted by user, from which all events of some users are brought back.
#pragma once

#include <vector>

#include "offline/ingest/raw_events.h"
#include "offline/memory/spill_file.h"

namespace rec::ingest {

class EventRuns {
 public:
  explicit EventRuns(memory::Budget& budget) : budget_(budget), file_(budget) {}

  /// Events behind those that were added before.
  void add(const RawEvents& raw);
  /// After the last: cuts the users into parts of about the budget's scratch, but at least one user.
  void finish();
  size_t parts() const { return first_user_.size() - 1; }
  /// Appends the part's events.
  void read(size_t part, RawEvents& raw) const;

 private:
  /// Where in the file a user's events begin; now and then one is kept.
  struct Mark {
    uint32_t user;
    uint64_t offset;
  };
  struct Run {
    std::vector<Mark> marks;  // the first user's among them
    uint64_t end = 0;
  };
  void read_run(const Run& run, uint32_t first, uint32_t last, RawEvents& raw) const;

  memory::Budget& budget_;
  memory::SpillFile file_;
  std::vector<Run> runs_{};
  std::vector<uint64_t> events_of_{};  // one a user
  uint64_t events_ = 0, bytes_ = 0;    // in memory, that is
  std::vector<uint32_t> first_user_{};
};

}  // namespace rec::ingest
