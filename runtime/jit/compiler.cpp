// The compiler behind native::Compiler: a cache by what code depends on, and a thread that compiles off the requests'.
#include "runtime/native/compiler.h"

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>

#include "runtime/jit/session.h"
#include "runtime/jit/thread_time.h"

namespace rec::jit {
namespace {

using native::Kernel;
using native::Layout;

class LinkedCode final : public native::Code {
 public:
  explicit LinkedCode(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~LinkedCode() override {
    if (entry() != nullptr) session_->release(made_);
  }
  void link(Session::Made made) {
    made_ = std::move(made);
    entry_.store(made_.entry, std::memory_order_release);
  }

 private:
  std::shared_ptr<Session> session_;
  Session::Made made_;
};

class Background final : public native::Compiler {
 public:
  Background(std::shared_ptr<Session> session, const native::CompilerOptions& options)
      : session_(std::move(session)), options_(options) {
    if (options_.in_background) thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }
  ~Background() override {
    thread_.request_stop();
    wake_.notify_all();
  }

  std::shared_ptr<const native::Code> code(const Kernel& kernel, const Layout& layout) override {
    std::string key = kernel.canonical();
    key += layout.consecutive ? 'c' : 'l';
    key += layout.rows_follow ? 'r' : 'b';
    if (options_.debug != nullptr) key += fmt::format("{} {}", kernel.span.file, kernel.span.begin);
    std::unique_lock lock(mutex_);
    const auto known = entries_.find(key);
    if (known != entries_.end()) {
      ++counts_.hits;
      used_.splice(used_.begin(), used_, known->second.used);
      return known->second.code;
    }
    used_.push_front(key);
    auto code = std::make_shared<LinkedCode>(session_);
    entries_.emplace(std::move(key), Held{code, used_.begin()});
    const auto freed = beyond_the_bound();  // outside the lock
    if (options_.in_background) {
      open_.push_back({code, kernel, layout});
      wake_.notify_one();
      return code;
    }
    lock.unlock();
    make({code, kernel, layout});
    return code;
  }

  void wait() override {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return open_.empty() && working_ == 0; });
  }

  native::CompilerCounts counts() const override {
    const std::lock_guard lock(mutex_);
    auto out = counts_;
    out.waiting = open_.size() + working_;
    out.held = entries_.size();
    out.held_bytes = session_->bytes();
    const auto functions = session_->functions();
    out.functions = functions.made;
    out.function_seconds = functions.seconds;
    return out;
  }

  std::string listing(const Kernel& kernel, const Layout& layout, const std::string& kind) override {
    return session_->listing(kernel, layout, kind);
  }
  std::string isa() const override {
    constexpr const char* kNames[] = {"sse2", "avx2", "avx512", "neon"};
    return kNames[static_cast<size_t>(session_->target().isa)];
  }

 private:
  struct Task {
    std::shared_ptr<LinkedCode> code;
    Kernel kernel;
    Layout layout;
  };
  struct Held {
    std::shared_ptr<LinkedCode> code;
    std::list<std::string>::iterator used;
  };

  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [&] { return !open_.empty(); })) {
      const Task task = std::move(open_.front());
      open_.pop_front();
      ++working_;
      lock.unlock();
      make(task);
      lock.lock();
      --working_;
      if (open_.empty()) idle_.notify_all();
    }
  }

  void make(const Task& task) {
    const double begin = thread_seconds();
    auto made = session_->compile(task.kernel, task.layout);
    if (made) task.code->link(std::move(*made));
    const std::lock_guard lock(mutex_);
    counts_.compile_seconds += thread_seconds() - begin;
    ++(made ? counts_.compiled : counts_.failed);
    if (!made) counts_.last_failure = made.error();
  }

  std::vector<std::shared_ptr<LinkedCode>> beyond_the_bound() {
    std::vector<std::shared_ptr<LinkedCode>> out;
    while (entries_.size() > options_.cached) {
      const auto oldest = entries_.find(used_.back());
      out.push_back(std::move(oldest->second.code));
      entries_.erase(oldest);
      used_.pop_back();
    }
    return out;
  }

  const std::shared_ptr<Session> session_;
  const native::CompilerOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_, idle_;
  std::unordered_map<std::string, Held> entries_;  // looked up only
  std::list<std::string> used_;                    // the latest first
  std::deque<Task> open_;
  uint64_t working_ = 0;
  native::CompilerCounts counts_;
  std::jthread thread_;  // last: it uses the others
};

std::optional<Isa> parse(const std::string& name) {
  if (name == "best") return Isa::best;
  if (name == "sse2") return Isa::sse2;
  if (name == "avx2") return Isa::avx2;
  if (name == "avx512") return Isa::avx512;
  if (name == "neon") return Isa::neon;
  return std::nullopt;
}

}  // namespace
}  // namespace rec::jit

/// What the native library exports; null and `why` where there is no code for this CPU.
extern "C" __attribute__((visibility("default"))) rec::native::Compiler* rec_make_compiler(
    const rec::native::CompilerOptions& options, std::string& why) {
  using namespace rec::jit;
  const auto isa = parse(options.isa);
  if (!isa) {
    why = "no instruction set is called `" + options.isa + "`: best, sse2, avx2, avx512 or neon";
    return nullptr;
  }
  auto session = options.foreign ? Session::foreign(*isa) : Session::open(*isa, options.debug, options.code_bytes);
  if (!session) {
    why = session.error();
    return nullptr;
  }
  return new Background(std::move(*session), options);
}
