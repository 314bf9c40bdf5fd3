// A file without a name that takes what memory has no room for: written once from front to end, then read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "offline/memory/budget.h"

namespace rec::memory {

/// Failures are the budget's to tell; what could not be written reads as zeros.
class SpillFile {
 public:
  explicit SpillFile(Budget& budget);
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&&) = delete;
  ~SpillFile();

  void write(std::span<const std::byte> bytes);
  uint64_t size() const { return size_; }
  /// Copies `into.size()` bytes from `offset` on.
  void read(uint64_t offset, std::span<std::byte> into) const;
  /// All of it, for as long as the file lives; nothing may be written any more.
  const std::byte* map();

 private:
  void fail();

  Budget* budget_;
  int file_ = -1;
  uint64_t size_ = 0;
  std::byte* mapped_ = nullptr;
  bool failed_ = false;
};

}  // namespace rec::memory
