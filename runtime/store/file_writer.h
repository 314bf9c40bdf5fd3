// Writes a data file: sections one after another, the header last, everything on disk before finish() returns.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/file_format.h"

namespace rec::store {

/// What the operating system said, as text with the path: "cannot write data/x.table: No space left on device".
using WriteError = std::string;

class FileWriter {
 public:
  /// `most_sections`: room that is kept for the section table.
  static std::expected<FileWriter, WriteError> create(const std::string& path, FileKind kind, uint64_t rows,
                                                      uint32_t most_sections);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  ~FileWriter();

  /// Appends a section of `bytes`, elements of `width` bytes; `type` is that of the column, for the reader to compare.
  /// An error is kept and returned by finish().
  void add(std::string_view name, const types::Type& type, uint32_t width, std::span<const std::byte> bytes);
  template <typename T>
  void add(std::string_view name, const types::Type& type, std::span<const T> values) {
    add(name, type, sizeof(T), std::as_bytes(values));
  }
  /// Is called between the pieces of a long section: whoever maps what is written can let go of it there.
  void between_pieces(std::function<void()> call) { between_pieces_ = std::move(call); }
  /// Writes the header and waits for the disk.
  std::expected<void, WriteError> finish();

 private:
  FileWriter(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  void write(const void* data, uint64_t size);
  /// Their checksum.
  uint64_t write_pieces(std::span<const std::byte> bytes);

  std::string path_;
  int fd_ = -1;
  uint64_t position_ = 0;
  FileHeader header_{};
  std::vector<SectionEntry> entries_;
  WriteError error_;
  std::function<void()> between_pieces_;
};

/// Writes a whole small file and waits for the disk.
std::expected<void, WriteError> write_file(const std::string& path, std::string_view text);
/// Waits until a directory's entries are on disk.
std::expected<void, WriteError> sync_directory(const std::string& path);

}  // namespace rec::store
