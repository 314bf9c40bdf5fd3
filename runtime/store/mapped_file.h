// A data file mapped into memory: its header and section table are checked at once, its contents on request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/store/file_format.h"

namespace rec::store {

/// Why a file of a generation cannot be used. `version`: it is whole, but of another format version.
struct FileProblem {
  enum class Reason { missing, unreadable, foreign, version, damaged } reason;
  std::string path, message;
};

class MappedFile {
 public:
  /// Maps `path`; checks magic, version, sizes, the header's checksum and that every section lies within the file.
  static std::expected<MappedFile, FileProblem> open(const std::string& path, FileKind kind);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  const std::string& path() const { return path_; }
  uint64_t rows() const { return header().rows; }
  /// The section of that name; nullptr: there is none.
  const SectionEntry* section(std::string_view name) const;
  std::span<const SectionEntry> sections() const;
  const std::byte* data(const SectionEntry& section) const { return begin_ + section.offset; }

  /// Lets go of the pages that were read so far: reading them again brings them back. For those who read all of a file
  /// once.
  void let_go() const;
  /// Verifies every section's checksum and that what lies between sections is zero; pages are let go of.
  std::optional<FileProblem> verify() const;

 private:
  MappedFile(std::string path, const std::byte* begin, uint64_t size)
      : path_(std::move(path)), begin_(begin), size_(size) {}
  const FileHeader& header() const { return *reinterpret_cast<const FileHeader*>(begin_); }
  std::optional<FileProblem> check_header(FileKind kind) const;
  std::optional<FileProblem> check_sections() const;
  FileProblem problem(FileProblem::Reason reason, std::string message) const;
  uint64_t hash_of(std::span<const std::byte> bytes) const;

  std::string path_;
  const std::byte* begin_ = nullptr;
  uint64_t size_ = 0;
};

/// The checksum that a header must carry, over the header (its `hash` taken as 0) and its section table.
uint64_t header_hash(FileHeader header, std::span<const SectionEntry> sections);

}  // namespace rec::store
