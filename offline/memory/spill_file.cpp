// Every system call looked at; a page of a mapping that cannot be had would end the process, so none is mapped that was
// not written whole.
#include "offline/memory/spill_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace rec::memory {

SpillFile::SpillFile(Budget& budget) : budget_(&budget) {
  std::string path = budget.folder() + "/spill-XXXXXX";
  file_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (file_ < 0) {
    fail();
  } else {
    ::unlink(path.c_str());
  }
}

SpillFile::SpillFile(SpillFile&& other) noexcept
    : budget_(other.budget_),
      file_(std::exchange(other.file_, -1)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, nullptr)),
      failed_(other.failed_) {}

SpillFile::~SpillFile() {
  if (mapped_ != nullptr) {
    budget_->remove_mapping(mapped_);
    ::munmap(mapped_, size_);
  }
  if (file_ >= 0) ::close(file_);
}

void SpillFile::fail() {
  budget_->fail(fmt::format("cannot write {}: {}", budget_->folder(), std::strerror(errno)));
  failed_ = true;
}

void SpillFile::write(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  while (!failed_ && !bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      errno = done == 0 ? ENOSPC : errno;
      return fail();
    }
    bytes = bytes.subspan(static_cast<size_t>(done));
  }
}

void SpillFile::read(uint64_t offset, std::span<std::byte> into) const {
  while (!failed_ && !into.empty()) {
    const ssize_t done = ::pread(file_, into.data(), into.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      budget_->fail(fmt::format("cannot read what was written to {}: {}", budget_->folder(),
                                done == 0 ? "it is cut off" : std::strerror(errno)));
      break;
    }
    offset += static_cast<uint64_t>(done);
    into = into.subspan(static_cast<size_t>(done));
  }
  if (!into.empty()) std::memset(into.data(), 0, into.size());
}

const std::byte* SpillFile::map() {
  if (size_ == 0 || mapped_ != nullptr) return mapped_;
  const int flags = failed_ ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
  void* memory = ::mmap(nullptr, size_, PROT_READ, flags, failed_ ? -1 : file_, 0);
  if (memory == MAP_FAILED && !failed_) {
    fail();
    return map();
  }
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mapped_ = static_cast<std::byte*>(memory);
  budget_->add_mapping(mapped_, size_);
  return mapped_;
}

}  // namespace rec::memory
