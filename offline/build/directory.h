// The generations of a data directory as files: the lock, the next number, publishing, and clearing what is no longer
// needed.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/store/mapped_file.h"

namespace rec::build {

/// Held while a build runs; the system releases it with the process.
class DirectoryLock {
 public:
  /// nullopt within: another build holds it. The error is the system's.
  static std::expected<std::optional<DirectoryLock>, std::string> take(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

/// Numbers of the generations that are there, ascending.
std::vector<uint64_t> generation_numbers(const std::string& directory);

/// Removes unfinished folders, and finished ones that were never published (numbers above `current`).
void remove_leftovers(const std::string& directory, uint64_t current);

/// Makes the finished folder generations/N.tmp the current generation. Everything in it is on disk before CURRENT
/// changes.
std::expected<void, std::string> publish(const std::string& directory, uint64_t number);

/// Keeps the last three generations up to `current`; the epochs of users.mdb that the kept ones name.
std::set<uint64_t> remove_old_generations(const std::string& directory, uint64_t current);

/// Checks files of a generation that only the next build reads: the first that is damaged.
std::optional<store::FileProblem> check_kept_files(const std::string& generation_directory);

/// A second name for a file, or a copy where the file system has no such thing.
std::expected<void, std::string> link_or_copy(const std::string& from, const std::string& to);

}  // namespace rec::build
