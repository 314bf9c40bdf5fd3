// Mapping a data file and checking what its header promises.
#include "runtime/store/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace rec::store {
namespace {

bool multiply_overflows(uint64_t a, uint64_t b) {
  return b != 0 && a > UINT64_MAX / b;
}

bool all_zero(const std::byte* begin, const std::byte* end) {
  for (; begin != end; ++begin) {
    if (*begin != std::byte{0}) {
      return false;
    }
  }
  return true;
}

}  // namespace

uint64_t header_hash(FileHeader header, std::span<const SectionEntry> sections) {
  header.hash = 0;
  const uint64_t first = XXH64(&header, sizeof(header), 0);
  return XXH64(sections.data(), sections.size_bytes(), first);
}

std::expected<MappedFile, FileProblem> MappedFile::open(const std::string& path, FileKind kind) {
  using Reason = FileProblem::Reason;
  const auto fail = [&](Reason reason, std::string message) {
    return std::unexpected(FileProblem{.reason = reason, .path = path, .message = std::move(message)});
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return fail(errno == ENOENT ? Reason::missing : Reason::unreadable, std::strerror(errno));
  }
  struct stat info{};
  const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  const auto size = static_cast<uint64_t>(info.st_size);
  if (!regular || size < sizeof(FileHeader)) {
    ::close(fd);
    return regular ? fail(Reason::damaged, fmt::format("it has only {} bytes", size))
                   : fail(Reason::unreadable, "it is no regular file");
  }
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  const int error = errno;
  ::close(fd);
  if (memory == MAP_FAILED) {
    return fail(Reason::unreadable, std::strerror(error));
  }
  MappedFile file(path, static_cast<const std::byte*>(memory), size);
  if (auto found = file.check_header(kind)) {
    return std::unexpected(*found);
  }
  if (auto found = file.check_sections()) {
    return std::unexpected(*found);
  }
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      begin_(std::exchange(other.begin_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (begin_ != nullptr) {
    ::munmap(const_cast<std::byte*>(begin_), size_);
  }
}

FileProblem MappedFile::problem(FileProblem::Reason reason, std::string message) const {
  return {.reason = reason, .path = path_, .message = std::move(message)};
}

std::optional<FileProblem> MappedFile::check_header(FileKind kind) const {
  using Reason = FileProblem::Reason;
  const FileHeader& h = header();
  if (std::memcmp(h.magic, kMagic, sizeof(kMagic)) != 0) {
    return problem(Reason::foreign, "it is no data file of rec");
  }
  if (h.endian != kLittleEndian) {
    return problem(Reason::damaged, "its byte order mark is wrong");
  }
  if (h.version != kFormatVersion) {
    return problem(Reason::version,
                   fmt::format("it has format version {}, this program reads version {}", h.version, kFormatVersion));
  }
  if (h.file_size != size_) {
    return problem(Reason::damaged, fmt::format("it has {} bytes, its header says {}", size_, h.file_size));
  }
  if (h.sections > kMaxSections || sizeof(FileHeader) + uint64_t{h.sections} * sizeof(SectionEntry) > size_) {
    return problem(Reason::damaged, "its section table does not fit");
  }
  if (h.hash != header_hash(h, sections())) {
    return problem(Reason::damaged, "the checksum of its header does not match");
  }
  if (h.kind != kind) {
    return problem(Reason::foreign, "it holds something else than its name says");
  }
  return std::nullopt;
}

// Sections stand in the file in the order of the table, so that they cannot overlap and the gaps can be checked.
std::optional<FileProblem> MappedFile::check_sections() const {
  uint64_t end = sizeof(FileHeader) + uint64_t{header().sections} * sizeof(SectionEntry);
  for (const SectionEntry& s : sections()) {
    const bool named = s.name[sizeof(s.name) - 1] == '\0';
    const bool placed = s.offset % kSectionAlignment == 0 && s.offset >= end && s.offset <= size_;
    if (!named || !placed || multiply_overflows(s.count, s.width) || s.count * s.width > size_ - s.offset) {
      return problem(FileProblem::Reason::damaged, "a section lies outside of the file");
    }
    end = s.offset + s.count * s.width;
  }
  return std::nullopt;
}

std::span<const SectionEntry> MappedFile::sections() const {
  return {reinterpret_cast<const SectionEntry*>(begin_ + sizeof(FileHeader)), header().sections};
}

const SectionEntry* MappedFile::section(std::string_view name) const {
  for (const SectionEntry& s : sections()) {
    if (name == s.name) {
      return &s;
    }
  }
  return nullptr;
}

void MappedFile::let_go() const {
  ::madvise(const_cast<std::byte*>(begin_), size_, MADV_DONTNEED);
}

uint64_t MappedFile::hash_of(std::span<const std::byte> bytes) const {
  constexpr size_t kPieceBytes = size_t{1} << 22;
  if (bytes.size() <= kPieceBytes) return XXH64(bytes.data(), bytes.size(), 0);
  const std::unique_ptr<XXH64_state_t, decltype(&XXH64_freeState)> hash(XXH64_createState(), XXH64_freeState);
  XXH64_reset(hash.get(), 0);
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    XXH64_update(hash.get(), piece.data(), piece.size());
    bytes = bytes.subspan(piece.size());
    let_go();
  }
  return XXH64_digest(hash.get());
}

std::optional<FileProblem> MappedFile::verify() const {
  const std::byte* end = begin_ + sizeof(FileHeader) + sections().size_bytes();
  for (const SectionEntry& s : sections()) {
    const uint64_t bytes = s.count * s.width;
    if (!all_zero(end, data(s)) || hash_of(std::span(data(s), bytes)) != s.hash) {
      return problem(FileProblem::Reason::damaged, fmt::format("the checksum of section `{}` does not match", s.name));
    }
    end = data(s) + bytes;
  }
  if (!all_zero(end, begin_ + size_)) {
    return problem(FileProblem::Reason::damaged, "there is something behind its last section");
  }
  return std::nullopt;
}

}  // namespace rec::store
