// A file that appears under its name only when it is complete.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "offline/ingest/csv.h"

namespace rec::ingest {

/// Buffers writes to `PATH.partial`; close() renames it to PATH. Dropped without close(), nothing is left behind.
class OutputFile {
 public:
  static std::expected<OutputFile, FileError> create(const std::string& path);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  /// A failure is kept for close().
  void write(std::string_view bytes);
  std::expected<void, FileError> close();

 private:
  OutputFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void flush();

  std::string path_, buffer_;
  int descriptor_ = -1;
  int error_ = 0;  // errno of the first failed write
};

/// The whole file at once.
std::expected<void, FileError> write_file(const std::string& path, std::string_view bytes);

}  // namespace rec::ingest
