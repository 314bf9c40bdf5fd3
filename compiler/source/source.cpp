// Reading files, checking that they are UTF-8, and finding the line and column of a byte.
#include "compiler/source/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

namespace rec::source {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::vector<uint32_t> find_line_starts(std::string_view text) {
  std::vector<uint32_t> starts{0};
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts.push_back(static_cast<uint32_t>(i + 1));
  }
  return starts;
}

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

// Length of the well-formed sequence that starts at `at` (Unicode 15, table 3-7); 0 where there is none.
size_t sequence_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto in = [](unsigned value, unsigned low, unsigned high) { return low <= value && value <= high; };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  if (in(lead, 0xC2, 0xDF)) return in(byte(at + 1), 0x80, 0xBF) ? 2 : 0;
  if (in(lead, 0xE0, 0xEF)) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return in(byte(at + 1), low, high) && in(byte(at + 2), 0x80, 0xBF) ? 3 : 0;
  }
  if (in(lead, 0xF0, 0xF4)) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    const bool rest = in(byte(at + 2), 0x80, 0xBF) && in(byte(at + 3), 0x80, 0xBF);
    return in(byte(at + 1), low, high) && rest ? 4 : 0;
  }
  return 0;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::expected<std::string, ReadError> read_bytes(const std::string& path) {
  using Reason = ReadError::Reason;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return std::unexpected(ReadError{Reason::directory, {}});
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    const int error = errno;
    const auto reason = error == ENOENT || error == ENOTDIR ? Reason::missing : Reason::unreadable;
    return std::unexpected(ReadError{reason, std::strerror(error)});
  }
  std::string text;
  char buffer[1 << 16];
  for (size_t got = sizeof buffer; got == sizeof buffer;) {  // less: the end, or an error
    got = std::fread(buffer, 1, sizeof buffer, file.get());
    text.append(buffer, got);
    if (text.size() > kMaxFileBytes) return std::unexpected(ReadError{Reason::too_large, {}});
  }
  if (std::ferror(file.get())) return std::unexpected(ReadError{Reason::unreadable, std::strerror(errno)});
  return text;
}

ReadError bad_byte(ReadError::Reason reason, std::string_view text, size_t at) {
  const auto lines = std::ranges::count(text.substr(0, at), '\n');
  return {reason, {}, static_cast<uint32_t>(at), static_cast<uint32_t>(lines + 1)};
}

}  // namespace

std::string ReadError::text() const {
  const auto place = [&] { return fmt::format("line {}, byte {} of the file,", line, offset + 1); };
  switch (reason) {
    case Reason::missing:
      return "there is no such file";
    case Reason::directory:
      return "it is a directory";
    case Reason::too_large:
      return "it is larger than 64 MiB";
    case Reason::invalid_utf8:
      return place() + " is not valid UTF-8";
    case Reason::nul_byte:
      return place() + " is NUL, so it is no text";
    case Reason::unreadable:
      break;
  }
  return detail;
}

Span join(Span a, Span b) {
  if (!a.valid()) return b;
  if (!b.valid()) return a;
  assert(a.file == b.file);
  return {a.file, std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

LineColumn File::locate(uint32_t offset) const {
  offset = std::min(offset, static_cast<uint32_t>(text.size()));
  const auto after = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
  const auto line = static_cast<uint32_t>(after - line_starts.begin());
  uint32_t column = 1;
  for (uint32_t i = line_starts[line - 1]; i < offset; ++i) column += !is_continuation(text[i]);
  return {line, column};
}

std::string_view File::line(uint32_t number) const {
  if (number == 0 || number > line_starts.size()) return {};
  const size_t begin = line_starts[number - 1];
  size_t end = number < line_starts.size() ? line_starts[number] - 1 : text.size();
  if (end > begin && text[end - 1] == '\r') --end;
  return std::string_view(text).substr(begin, end - begin);
}

std::expected<FileId, ReadError> Sources::read(const std::string& path) {
  using Reason = ReadError::Reason;
  auto bytes = read_bytes(path);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  if (const size_t bad = find_invalid_utf8(*bytes); bad != std::string_view::npos) {
    return std::unexpected(bad_byte(Reason::invalid_utf8, *bytes, bad));
  }
  if (const size_t bad = bytes->find('\0'); bad != std::string::npos) {
    return std::unexpected(bad_byte(Reason::nul_byte, *bytes, bad));
  }
  if (bytes->starts_with(kByteOrderMark)) bytes->erase(0, kByteOrderMark.size());
  return add(path, std::move(*bytes));
}

FileId Sources::add(std::string path, std::string text) {
  auto starts = find_line_starts(text);
  files_.push_back({std::move(path), std::move(text), std::move(starts)});
  return static_cast<FileId>(files_.size() - 1);
}

size_t find_invalid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = sequence_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace rec::source
