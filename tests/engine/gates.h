// Sources that wait, fail or throw, for tests of what happens to the others.
#pragma once

#include <condition_variable>
#include <mutex>

#include "operators/registry.h"

namespace rec::tests {

/// Opens once for all who wait and will wait, until it is shut.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    --inside_;
    changed_.notify_all();
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// Until so many wait.
  void await(int inside) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ == inside; });
  }
  void shut() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ == 0; });
    open_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int inside_ = 0;
};

/// What `stuck` waits for, whatever it is told.
Gate& gate();

/// Adds `rows` (all rows of the table), `stuck` (then the same), `failing`, `throwing` and `throwing_number`; and
/// `meeting`, which waits, and answers once two of them run at the same time.
void add_gated_sources(operators::Registry& registry);

}  // namespace rec::tests
