// Writing data files with the error of every system call looked at.
#include "runtime/store/file_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "runtime/store/mapped_file.h"

namespace rec::store {
namespace {

WriteError failure(const std::string& path) {
  return fmt::format("cannot write {}: {}", path, std::strerror(errno));
}

/// All of it, whatever the kernel takes at a time; false: errno says why.
bool write_all(int fd, const void* data, uint64_t size, uint64_t offset) {
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t done = ::pwrite(fd, bytes, std::min<uint64_t>(size, 1u << 30), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done <= 0) {
      errno = done == 0 ? ENOSPC : errno;
      return false;
    }
    bytes += done;
    size -= static_cast<uint64_t>(done);
    offset += static_cast<uint64_t>(done);
  }
  return true;
}

}  // namespace

std::expected<FileWriter, WriteError> FileWriter::create(const std::string& path, FileKind kind, uint64_t rows,
                                                         uint32_t most_sections) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) {
    return std::unexpected(failure(path));
  }
  FileWriter writer(path, fd);
  std::copy(std::begin(kMagic), std::end(kMagic), writer.header_.magic);
  writer.header_.version = kFormatVersion;
  writer.header_.endian = kLittleEndian;
  writer.header_.kind = kind;
  writer.header_.sections = most_sections;
  writer.header_.rows = rows;
  writer.position_ = sizeof(FileHeader) + uint64_t{most_sections} * sizeof(SectionEntry);
  return writer;
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      position_(other.position_),
      header_(other.header_),
      entries_(std::move(other.entries_)),
      error_(std::move(other.error_)),
      between_pieces_(std::move(other.between_pieces_)) {}

FileWriter::~FileWriter() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

void FileWriter::write(const void* data, uint64_t size) {
  if (error_.empty() && !write_all(fd_, data, size, position_)) {
    error_ = failure(path_);
  }
  position_ += size;
}

uint64_t FileWriter::write_pieces(std::span<const std::byte> bytes) {
  constexpr size_t kPieceBytes = size_t{1} << 22;
  const std::unique_ptr<XXH64_state_t, decltype(&XXH64_freeState)> hash(XXH64_createState(), XXH64_freeState);
  XXH64_reset(hash.get(), 0);
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    XXH64_update(hash.get(), piece.data(), piece.size());
    write(piece.data(), piece.size());
    bytes = bytes.subspan(piece.size());
    if (between_pieces_) between_pieces_();
  }
  return XXH64_digest(hash.get());
}

void FileWriter::add(std::string_view name, const types::Type& type, uint32_t width, std::span<const std::byte> bytes) {
  SectionEntry entry{};
  assert(name.size() < sizeof(entry.name) && width > 0 && bytes.size() % width == 0);
  std::copy(name.begin(), name.end(), entry.name);
  const char zeros[kSectionAlignment] = {};
  write(zeros, (kSectionAlignment - position_ % kSectionAlignment) % kSectionAlignment);
  entry.offset = position_;
  entry.count = bytes.size() / width;
  entry.width = width;
  entry.kind = type.kind;
  entry.element = type.element;
  entry.optional = type.optional ? 1 : 0;
  entry.dimension = type.size;
  entry.hash = write_pieces(bytes);
  entries_.push_back(entry);
}

std::expected<void, WriteError> FileWriter::finish() {
  assert(entries_.size() <= header_.sections);
  header_.sections = static_cast<uint32_t>(entries_.size());
  header_.file_size = position_;
  header_.hash = header_hash(header_, entries_);
  position_ = 0;
  write(&header_, sizeof(header_));
  write(entries_.data(), entries_.size() * sizeof(SectionEntry));
  if (error_.empty() && ::fsync(fd_) != 0) {
    error_ = failure(path_);
  }
  if (::close(std::exchange(fd_, -1)) != 0 && error_.empty()) {
    error_ = failure(path_);
  }
  if (!error_.empty()) {
    return std::unexpected(error_);
  }
  return {};
}

std::expected<void, WriteError> write_file(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) {
    return std::unexpected(failure(path));
  }
  const bool written = write_all(fd, text.data(), text.size(), 0) && ::fsync(fd) == 0;
  const WriteError error = written ? WriteError() : failure(path);
  ::close(fd);
  if (!written) {
    return std::unexpected(error);
  }
  return {};
}

std::expected<void, WriteError> sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const WriteError error = synced ? WriteError() : failure(path);
  if (fd >= 0) {
    ::close(fd);
  }
  if (!synced) {
    return std::unexpected(error);
  }
  return {};
}

}  // namespace rec::store
