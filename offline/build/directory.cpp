// Renames, links and locks.
#include "offline/build/directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "compiler/types/text.h"
#include "runtime/store/file_writer.h"
#include "runtime/store/manifest.h"

namespace rec::build {
namespace {

namespace fs = std::filesystem;
constexpr size_t kGenerationsKept = 3;

std::unexpected<std::string> failure(const std::string& path) {
  return std::unexpected(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

}  // namespace

std::expected<std::optional<DirectoryLock>, std::string> DirectoryLock::take(const std::string& directory) {
  const std::string path = directory + "/.lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    return failure(path);
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
    return std::optional<DirectoryLock>(DirectoryLock(fd));
  }
  const int error = errno;
  ::close(fd);
  errno = error;
  if (error == EWOULDBLOCK) {
    return std::optional<DirectoryLock>();
  }
  return failure(path);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

std::vector<uint64_t> generation_numbers(const std::string& directory) {
  std::vector<uint64_t> numbers;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory + "/generations", ignored)) {
    const auto number = types::parse_int(entry.path().filename().string());
    if (number && *number > 0) {
      numbers.push_back(static_cast<uint64_t>(*number));
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

void remove_leftovers(const std::string& directory, uint64_t current) {
  std::error_code ignored;
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(directory + "/generations", ignored)) {
    const auto number = types::parse_int(entry.path().filename().string());
    const bool unpublished = number && static_cast<uint64_t>(*number) > current;
    if (entry.path().extension() == ".tmp" || unpublished) {
      leftovers.push_back(entry.path());
    }
  }
  leftovers.emplace_back(directory + "/CURRENT.tmp");
  for (const fs::path& path : leftovers) {
    fs::remove_all(path, ignored);
  }
}

std::expected<void, std::string> publish(const std::string& directory, uint64_t number) {
  const std::string finished = store::generation_path(directory, number);
  const std::string unfinished = finished + ".tmp";
  const std::string current = directory + "/CURRENT";
  if (auto synced = store::sync_directory(unfinished); !synced) {
    return synced;
  }
  if (::rename(unfinished.c_str(), finished.c_str()) != 0) {
    return failure(finished);
  }
  if (auto synced = store::sync_directory(directory + "/generations"); !synced) {
    return synced;
  }
  if (auto written = store::write_file(current + ".tmp", fmt::format("{}\n", number)); !written) {
    return written;
  }
  if (::rename((current + ".tmp").c_str(), current.c_str()) != 0) {
    return failure(current);
  }
  return store::sync_directory(directory);
}

std::set<uint64_t> remove_old_generations(const std::string& directory, uint64_t current) {
  std::vector<uint64_t> numbers = generation_numbers(directory);
  std::erase_if(numbers, [&](uint64_t number) { return number > current; });
  std::set<uint64_t> epochs;
  const size_t removed = numbers.size() - std::min(numbers.size(), kGenerationsKept);
  for (size_t i = 0; i < numbers.size(); ++i) {
    const std::string path = store::generation_path(directory, numbers[i]);
    if (i < removed) {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    } else if (const auto manifest = store::read_manifest(path)) {
      epochs.insert(manifest->epoch);
      epochs.insert(manifest->base_epoch);
    }
  }
  return epochs;
}

std::optional<store::FileProblem> check_kept_files(const std::string& generation_directory) {
  std::error_code ignored;
  std::vector<std::pair<std::string, store::FileKind>> files;
  for (const auto& entry : fs::directory_iterator(generation_directory, ignored)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".events") files.emplace_back(path, store::FileKind::events);
    if (path.extension() == ".interactions") files.emplace_back(path, store::FileKind::interactions);
  }
  std::ranges::sort(files);
  for (const auto& [path, kind] : files) {
    const auto file = store::MappedFile::open(path, kind);
    if (!file) return file.error();
    if (auto problem = file->verify()) return problem;
  }
  return std::nullopt;
}

std::expected<void, std::string> link_or_copy(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_hard_link(from, to, error);
  if (!error) {
    return {};
  }
  const auto bytes = store::read_bytes(from);
  if (!bytes) {
    return std::unexpected(fmt::format("cannot read {}: {}", from, bytes.error().message));
  }
  return store::write_file(to, *bytes);
}

}  // namespace rec::build
