// How much memory a build may hold, and the folder that takes what is more.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace rec::memory {

/// Thread-safe. Whoever collects a lot is given a pointer to one; without one everything stays in memory.
class Budget {
 public:
  /// `folder` is there. Files in it lose their names as soon as they are open, so that none outlives the process.
  Budget(uint64_t bytes, std::string folder);
  ~Budget();
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  uint64_t bytes() const { return bytes_; }
  /// What one array may hold before it goes to a file: a dozen of them are there at a time.
  uint64_t share() const { return bytes_ / 32; }
  /// What one step may collect before it has to put it somewhere: no two of them run at a time.
  uint64_t scratch() const { return bytes_ / 8; }
  const std::string& folder() const { return folder_; }

  /// Keeps the first failure of a file. What was not written reads as zeros, so work may go on; its result is void.
  void fail(const std::string& message);
  std::optional<std::string> error() const;

  /// Spilled data that is mapped to be read, until it is removed.
  void add_mapping(const void* begin, uint64_t size);
  void remove_mapping(const void* begin);
  /// Lets go of the pages of all spilled data where the process holds three quarters of the budget: they are read
  /// again from the file when they are needed.
  void relieve();

 private:
  const uint64_t bytes_;
  const std::string folder_;
  const int statm_;  // what the process holds, in pages
  mutable std::mutex mutex_;
  std::map<const void*, uint64_t> mappings_;
  uint64_t unmovable_ = 0;  // bytes of mapped files that the last relief left: programs, tables
  std::optional<std::string> error_;
};

/// Has pages let go now and then while one thread reads rows of spilled data here and there.
class Watch {
 public:
  explicit Watch(Budget* budget);
  /// Call for every row that is read, wherever it lies: the kernel maps this much around it.
  void row() { read(uint64_t{64} << 10); }
  /// Call for what is read in order.
  void read(uint64_t bytes) {
    if ((read_ += bytes) >= every_) look();
  }

 private:
  void look();
  Budget* budget_;
  uint64_t every_ = UINT64_MAX, read_ = 0;  // bytes
};

}  // namespace rec::memory
