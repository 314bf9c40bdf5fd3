// Mapping with POSIX calls, every failure turned into words.
#include "offline/ingest/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace rec::ingest {

namespace {

FileError system_error(const std::string& path, const std::string& what) {
  if (errno == ENOENT) return {path, "there is no such file"};
  return {path, what + ": " + std::generic_category().message(errno)};
}

std::expected<std::string_view, FileError> map(int descriptor, const std::string& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return std::unexpected(system_error(path, "cannot be examined"));
  if (S_ISDIR(status.st_mode)) return std::unexpected(FileError{path, "is a directory; a file is needed here"});
  if (!S_ISREG(status.st_mode)) return std::unexpected(FileError{path, "is no regular file"});
  if (status.st_size == 0) return std::string_view();
  const auto size = static_cast<size_t>(status.st_size);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (memory == MAP_FAILED) return std::unexpected(system_error(path, "cannot be mapped"));
  ::madvise(memory, size, MADV_SEQUENTIAL);
  return std::string_view(static_cast<const char*>(memory), size);
}

}  // namespace

std::expected<MappedFile, FileError> MappedFile::open(const std::string& path) {
  // Without O_NONBLOCK a named pipe would hold us here for ever.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::unexpected(system_error(path, "cannot be opened"));
  auto text = map(descriptor, path);
  ::close(descriptor);
  if (!text) return std::unexpected(std::move(text.error()));
  return MappedFile(*text);
}

void MappedFile::let_go_before(size_t offset) {
  constexpr size_t kPieceBytes = size_t{1} << 22;
  if (offset < let_go_ + kPieceBytes) return;
  const size_t end = offset / kPieceBytes * kPieceBytes;
  ::madvise(const_cast<char*>(text_.data()) + let_go_, end - let_go_, MADV_DONTNEED);
  let_go_ = end;
}

MappedFile::MappedFile(MappedFile&& other) noexcept : text_(std::exchange(other.text_, {})) {}

MappedFile::~MappedFile() {
  if (!text_.empty()) ::munmap(const_cast<char*>(text_.data()), text_.size());
}

}  // namespace rec::ingest
