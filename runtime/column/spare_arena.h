// An arena for one request whose memory the thread keeps for the next one.
#pragma once

#include "runtime/column/column.h"

namespace rec::column {

/// Takes an arena that this thread has spare, or a new one; leaves it with the thread that destroys it. A thread keeps
/// a few, none of them large.
class SpareArena {
 public:
  SpareArena();
  ~SpareArena();
  SpareArena(const SpareArena&) = delete;
  SpareArena& operator=(const SpareArena&) = delete;

  Arena& get() { return arena_; }

 private:
  Arena arena_;
};

}  // namespace rec::column
