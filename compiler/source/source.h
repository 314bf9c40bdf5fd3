// Source files and places in them: what every diagnostic points into.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace rec::source {

/// Index of a file in a `Sources`.
using FileId = uint32_t;
inline constexpr FileId kNoFile = UINT32_MAX;

/// A half-open range of bytes of one file.
struct Span {
  FileId file = kNoFile;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool valid() const { return file != kNoFile; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// The smallest span that covers both; they lie in one file.
Span join(Span a, Span b);

/// A place as people count it: from 1; columns are Unicode code points.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};

struct File {
  std::string path;  // as the user named it: shown in diagnostics
  std::string text;  // valid UTF-8, without a byte order mark
  std::vector<uint32_t> line_starts;

  LineColumn locate(uint32_t offset) const;
  /// The text of a line (from 1), without its line end.
  std::string_view line(uint32_t number) const;
};

/// Why a file could not be taken in.
struct ReadError {
  enum class Reason { missing, directory, unreadable, too_large, invalid_utf8, nul_byte } reason;
  std::string detail;   // the system's words, where it has any
  uint32_t offset = 0;  // invalid_utf8, nul_byte: the first bad byte
  uint32_t line = 1;    // invalid_utf8, nul_byte: its line

  /// What stands behind "cannot read PATH: ".
  std::string text() const;
};

/// The largest text file that is read: 64 MiB.
inline constexpr uint64_t kMaxFileBytes = 64ull << 20;

/// The files of one compilation. Files are never removed; references to them stay valid.
class Sources {
 public:
  /// Reads a file from disk, checks that it is UTF-8 and drops a byte order mark.
  std::expected<FileId, ReadError> read(const std::string& path);
  /// Adds a text that is at hand (a test, a catalog's expression, a request body). Not checked.
  FileId add(std::string path, std::string text);

  const File& file(FileId id) const { return files_[id]; }
  size_t size() const { return files_.size(); }

 private:
  std::deque<File> files_;
};

/// Offset of the first byte that is not valid UTF-8, or npos.
size_t find_invalid_utf8(std::string_view text);

}  // namespace rec::source
