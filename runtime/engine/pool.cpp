// Workers, their queue, and the accounts of abandoned tasks; all under one lock.
#include "runtime/engine/pool.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

namespace rec::engine {

struct Pool::Task {
  enum class State { queued, running, done, refused, abandoned };
  std::function<void(std::stop_token)> work;
  std::string kind;
  std::stop_source stop{};
  State state = State::queued;
  Clock::time_point ended{};
  std::condition_variable changed{};

  bool over() const { return state == State::done || state == State::refused; }
};

struct Pool::Shared : std::enable_shared_from_this<Shared> {
  explicit Shared(Limits given) : limits(given) {}

  const Limits limits;
  mutable std::mutex mutex{};
  std::condition_variable work_or_end{}, thread_ended{};
  std::deque<TaskPtr> queue{};
  size_t threads = 0, idle = 0, abandoned = 0;
  size_t waiting = 0;  // workers that wait for tasks of the pool: another takes the place of each
  uint64_t abandoned_ever = 0;
  std::map<std::string, size_t> abandoned_of{};  // by kind
  bool closing = false;

  size_t wanted() const { return limits.workers + waiting + std::min(abandoned, limits.abandoned); }
  bool stuck() const { return abandoned >= limits.workers + limits.abandoned; }
  bool stuck(const std::string& kind) const {
    const auto of_kind = abandoned_of.find(kind);
    return of_kind != abandoned_of.end() && of_kind->second >= limits.of_a_kind;
  }

  void refuse_queued() {
    for (const TaskPtr& task : queue) {
      task->state = Task::State::refused;
      task->changed.notify_all();
    }
    queue.clear();
  }

  /// A further thread where there is work that no idle one takes and the limits allow it.
  void grow() {
    if (queue.size() <= idle || threads >= wanted()) return;
    try {
      std::thread([shared = shared_from_this()] { shared->run(); }).detach();
      ++threads;
    } catch (const std::system_error&) {
      if (threads == abandoned) refuse_queued();  // nobody is there to run them
    }
  }

  void run();
};

namespace {
thread_local const void* worker_of = nullptr;  // the pool that this thread works for
}

void Pool::Shared::run() {
  worker_of = this;
  std::unique_lock lock(mutex);
  while (true) {
    ++idle;
    work_or_end.wait(lock, [&] { return closing || !queue.empty() || threads > wanted(); });
    --idle;
    if (threads > wanted() || (closing && queue.empty())) {
      --threads;
      if (!queue.empty()) work_or_end.notify_one();  // the call may have been for that task
      thread_ended.notify_all();
      return;
    }
    const TaskPtr task = std::move(queue.front());
    queue.pop_front();
    task->state = Task::State::running;
    auto work = std::move(task->work);
    lock.unlock();
    work(task->stop.get_token());
    const auto ended = Clock::now();
    lock.lock();
    const bool left = task->state == Task::State::abandoned;
    task->state = Task::State::done;
    task->ended = ended;
    task->changed.notify_all();
    lock.unlock();
    work = nullptr;  // may be the last that holds a generation
    lock.lock();
    if (left) {
      --abandoned;
      --abandoned_of[task->kind];
    }
  }
}

Pool::Pool(Limits limits)
    : shared_(
          std::make_shared<Shared>(Limits{std::max<size_t>(limits.workers, 1), limits.abandoned, limits.of_a_kind})) {}

Pool::~Pool() {
  std::unique_lock lock(shared_->mutex);
  shared_->closing = true;
  shared_->refuse_queued();
  shared_->work_or_end.notify_all();
  shared_->thread_ended.wait(lock, [&] { return shared_->threads <= shared_->abandoned; });
}

Pool::TaskPtr Pool::start(std::function<void(std::stop_token)> work, const std::string& kind) {
  auto task = std::make_shared<Task>();
  task->work = std::move(work);
  task->kind = kind;
  const std::lock_guard lock(shared_->mutex);
  if (shared_->closing || shared_->stuck() || shared_->stuck(kind)) {
    task->state = Task::State::refused;
    return task;
  }
  shared_->queue.push_back(task);
  shared_->grow();
  shared_->work_or_end.notify_one();
  return task;
}

Pool::Outcome Pool::wait(const TaskPtr& task, std::optional<Clock::time_point> until) {
  std::function<void(std::stop_token)> unused;  // freed without the lock
  std::unique_lock lock(shared_->mutex);
  const auto over = [&] { return task->over(); };
  if (!over()) {
    const bool worker = worker_of == shared_.get();
    if (worker) {
      ++shared_->waiting;
      shared_->grow();
    }
    if (until) {
      task->changed.wait_until(lock, *until, over);
    } else {
      task->changed.wait(lock, over);
    }
    if (worker) --shared_->waiting;
  }
  if (task->state == Task::State::refused) return Outcome::refused;
  if (over()) return until && task->ended > *until ? Outcome::late : Outcome::done;
  if (task->state == Task::State::queued) {
    std::erase(shared_->queue, task);
    task->state = Task::State::refused;
    unused = std::move(task->work);
    lock.unlock();
    return Outcome::late;
  }
  task->state = Task::State::abandoned;
  ++shared_->abandoned;
  ++shared_->abandoned_ever;
  ++shared_->abandoned_of[task->kind];
  shared_->grow();
  if (shared_->stuck()) shared_->refuse_queued();
  lock.unlock();
  task->stop.request_stop();
  return Outcome::late;
}

Pool::Counts Pool::counts() const {
  const std::lock_guard lock(shared_->mutex);
  return {shared_->threads, shared_->abandoned, shared_->queue.size(), shared_->abandoned_ever};
}

}  // namespace rec::engine
