// What the process holds is read from /proc/self/statm, a few microseconds a time.
#include "offline/memory/budget.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace rec::memory {
namespace {

struct Held {
  uint64_t all = 0, of_files = 0;  // bytes
};

/// "total resident shared ...", in pages.
Held held(int statm) {
  char text[128];
  const ssize_t size = ::pread(statm, text, sizeof(text), 0);
  if (size <= 0) return {};
  const char* at = text;
  const char* const end = text + size;
  uint64_t pages[3] = {};
  for (uint64_t& value : pages) {
    const auto read = std::from_chars(at, end, value);
    at = std::min(read.ptr + 1, end);
  }
  static const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return {.all = pages[1] * page, .of_files = pages[2] * page};
}

}  // namespace

Budget::Budget(uint64_t bytes, std::string folder)
    : bytes_(std::max<uint64_t>(1, bytes)),
      folder_(std::move(folder)),
      statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

Budget::~Budget() {
  if (statm_ >= 0) ::close(statm_);
}

void Budget::fail(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = message;
}

std::optional<std::string> Budget::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void Budget::add_mapping(const void* begin, uint64_t size) {
  const std::lock_guard lock(mutex_);
  mappings_[begin] = size;
}

void Budget::remove_mapping(const void* begin) {
  const std::lock_guard lock(mutex_);
  mappings_.erase(begin);
}

void Budget::relieve() {
  const std::lock_guard lock(mutex_);
  const Held now = held(statm_);
  if (mappings_.empty() || now.all < bytes_ / 4 * 3 || now.of_files < unmovable_ + bytes_ / 16) return;
  for (const auto& [begin, size] : mappings_) ::madvise(const_cast<void*>(begin), size, MADV_DONTNEED);
  unmovable_ = held(statm_).of_files;
}

Watch::Watch(Budget* budget) : budget_(budget) {
  if (budget != nullptr) every_ = std::clamp<uint64_t>(budget->bytes() / 16, 1, uint64_t{256} << 20);
}

void Watch::look() {
  read_ = 0;
  budget_->relieve();
}

}  // namespace rec::memory
