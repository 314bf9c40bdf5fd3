// A whole file mapped into memory for reading.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "offline/ingest/csv.h"

namespace rec::ingest {

/// Owns a read-only mapping; an empty file is an empty text.
class MappedFile {
 public:
  /// Fails on what is missing, unreadable or no regular file.
  static std::expected<MappedFile, FileError> open(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  std::string_view text() const { return text_; }
  /// Lets go of the pages before `offset`, which were read once; reading them again brings them back.
  void let_go_before(size_t offset);

 private:
  explicit MappedFile(std::string_view text) : text_(text) {}
  std::string_view text_;
  size_t let_go_ = 0;
};

}  // namespace rec::ingest
