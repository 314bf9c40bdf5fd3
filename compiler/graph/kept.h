// What an engine makes of a plan when it first runs it, and keeps with it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

namespace rec::graph {

/// Room for one such thing of a type that the plan knows nothing of. Thread-safe; a copy begins without.
class Kept {
 public:
  Kept() = default;
  Kept(const Kept&) {}
  Kept& operator=(const Kept& other) {
    if (&other == this) return *this;
    const std::lock_guard lock(making_);
    ready_ = nullptr;
    value_ = nullptr;
    return *this;
  }

  /// `make` returns a std::shared_ptr<T>; it is called once, whatever threads ask. T is always the same type.
  template <typename T, typename Make>
  const T& get(Make make) const {
    if (const void* ready = ready_.load(std::memory_order_acquire)) return *static_cast<const T*>(ready);
    const std::lock_guard lock(making_);
    if (value_ == nullptr) {
      value_ = make();
      ready_.store(value_.get(), std::memory_order_release);
    }
    return *static_cast<const T*>(value_.get());
  }

 private:
  mutable std::mutex making_;
  mutable std::atomic<const void*> ready_ = nullptr;
  mutable std::shared_ptr<const void> value_;
};

}  // namespace rec::graph
