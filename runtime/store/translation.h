// Strings of one table as codes of another's dictionary.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "runtime/column/column.h"

namespace rec::store {

/// Each string is searched for once, when its code is first asked for. Thread-safe.
class Translation {
 public:
  static constexpr int32_t kUnknown = -1;

  Translation(const column::Dictionary& from, const column::Dictionary& to);

  /// kUnknown where the other dictionary lacks the string.
  int32_t operator()(int32_t code) const {
    const int32_t found = found_[static_cast<size_t>(code)].load(std::memory_order_relaxed);
    return found != kNotLooked ? found - kShift : look(code);
  }

 private:
  static constexpr int32_t kNotLooked = 0, kShift = 2;
  int32_t look(int32_t code) const;

  const column::Dictionary &from_, &to_;
  const std::unique_ptr<std::atomic<int32_t>[]> found_;  // shifted
};

/// Those of a generation, made when they are first asked for. Thread-safe.
class Translations {
 public:
  /// Both must outlive this.
  const Translation& of(const column::Dictionary& from, const column::Dictionary& to);

 private:
  std::mutex mutex_;
  std::map<std::pair<const column::Dictionary*, const column::Dictionary*>, Translation> made_;
};

}  // namespace rec::store
