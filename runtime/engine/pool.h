// A pool of worker threads for channels: callers wait until a deadline, and a task that outstays it is left to itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace rec::engine {

/// A task whose caller stopped waiting is abandoned: it is asked to stop, and as long as it does not, another worker
/// takes the place of its own, up to a bound. With that many abandoned and every worker stuck, tasks are refused at
/// once; tasks of one kind already when fewer of that kind are abandoned, so that one dead source leaves the others
/// their workers. Thread-safe. The destructor waits for the tasks that run, but not for abandoned ones, which must keep
/// alive what they touch.
class Pool {
 public:
  using Clock = std::chrono::steady_clock;
  struct Limits {
    size_t workers = 8;
    size_t abandoned = 64;  // workers replaced at most
    size_t of_a_kind = 16;  // abandoned tasks of a kind, from which on more of it are refused
  };
  struct Counts {
    size_t threads = 0, abandoned = 0, queued = 0;  // threads: those of abandoned tasks included
    uint64_t abandoned_ever = 0;
  };
  enum class Outcome { done, late, refused };
  struct Task;
  using TaskPtr = std::shared_ptr<Task>;

  explicit Pool(Limits limits);
  Pool() : Pool(Limits{}) {}
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Queues `work`, which must not throw. What it captures is freed as soon as it ended. `kind`: what is alike in where
  /// it may get stuck, a source or a model.
  TaskPtr start(std::function<void(std::stop_token)> work, const std::string& kind);
  /// Waits for the end of a task, without `until` as long as it takes. `done`: it ended by then. `late`: it did not; it
  /// is abandoned, or, not begun, never will be. `refused`: no worker was left for it. A task of the pool may wait too.
  Outcome wait(const TaskPtr& task, std::optional<Clock::time_point> until);
  Counts counts() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace rec::engine
