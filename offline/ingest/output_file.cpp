// Writing beside the final name and renaming: a reader never sees half a file.
#include "offline/ingest/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace rec::ingest {

namespace {

constexpr size_t kBufferBytes = size_t{1} << 18;

std::string partial(const std::string& path) {
  return path + ".partial";
}

FileError write_error(const std::string& path, int error) {
  return {path, "cannot be written: " + std::generic_category().message(error)};
}

}  // namespace

std::expected<OutputFile, FileError> OutputFile::create(const std::string& path) {
  const int descriptor = ::open(partial(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return std::unexpected(write_error(path, errno));
  return OutputFile(path, descriptor);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      buffer_(std::move(other.buffer_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      error_(other.error_) {}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(partial(path_).c_str());
}

void OutputFile::write(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) flush();
}

void OutputFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

std::expected<void, FileError> OutputFile::close() {
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0 && std::rename(partial(path_).c_str(), path_.c_str()) != 0) error_ = errno;
  if (error_ == 0) return {};
  ::unlink(partial(path_).c_str());
  return std::unexpected(write_error(path_, error_));
}

std::expected<void, FileError> write_file(const std::string& path, std::string_view bytes) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  file->write(bytes);
  return file->close();
}

}  // namespace rec::ingest
