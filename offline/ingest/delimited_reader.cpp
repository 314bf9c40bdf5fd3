// DelimitedReader: one pass over a mapped file. A line without quotes is split on the spot, all else goes field by
// field.
#include <algorithm>
#include <cstring>
#include <deque>
#include <unordered_map>
#include <utility>

#include "compiler/source/source.h"
#include "offline/ingest/csv.h"
#include "offline/ingest/mapped_file.h"

namespace rec::ingest {

std::string_view to_text(RowProblem problem) {
  switch (problem) {
    case RowProblem::none:
      return "no problem";
    case RowProblem::wrong_field_count:
      return "wrong number of fields";
    case RowProblem::stray_quote:
      return "text after a closing quote";
    case RowProblem::unterminated_quote:
      return "a quote that is never closed";
    case RowProblem::invalid_utf8:
      return "text that is not UTF-8";
    case RowProblem::nul_byte:
      return "a NUL byte";
    case RowProblem::too_long:
      return "a record of more than 16 MiB";
  }
  return "";
}

namespace {

constexpr char kQuote = '"';

bool is_ascii(std::string_view text) {
  uint64_t high_bits = 0;
  while (text.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, text.data(), 8);
    high_bits |= word;
    text.remove_prefix(8);
  }
  for (const char c : text) high_bits |= static_cast<unsigned char>(c);
  return (high_bits & 0x8080808080808080ull) == 0;
}

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

struct DelimitedReader::State {
  MappedFile file;
  Options options;
  std::string path;
  std::string_view text;
  std::vector<std::string> names;
  std::unordered_map<std::string_view, int> index;

  size_t position = 0;       // of the next record
  uint64_t next_line = 1;    // its line
  uint64_t record_line = 1;  // what line() says
  RowProblem problem = RowProblem::none;
  std::vector<std::string_view> fields;
  std::deque<std::string> unescaped;  // fields that had doubled quotes; elements never move
  size_t unescaped_used = 0;

  State(MappedFile mapped, Options given, std::string file_path)
      : file(std::move(mapped)), options(std::move(given)), path(std::move(file_path)), text(file.text()) {}

  bool read_record();
  void split_line(std::string_view line);
  void read_quoted_record();
  size_t read_quoted_field(size_t open);
  void skip_line_of(size_t offset, uint64_t line_number, RowProblem reason);
  void check_text(std::string_view record);
  std::expected<void, FileError> read_names();
  std::expected<void, FileError> index_names();
};

/// Reads the next record that is not an empty line; false at the end.
bool DelimitedReader::State::read_record() {
  for (;;) {
    if (position >= text.size()) return false;
    fields.clear();
    unescaped_used = 0;
    problem = RowProblem::none;
    record_line = next_line;
    const std::string_view rest = text.substr(position);
    const size_t length = std::min(rest.find('\n'), rest.size());
    const std::string_view raw = rest.substr(0, length);
    const std::string_view line = without_carriage_return(raw);
    if (options.quoting && line.size() <= kMaxRecordBytes && line.find(kQuote) != std::string_view::npos) {
      read_quoted_record();
      return true;
    }
    position += std::min(length + 1, rest.size());
    ++next_line;
    if (line.empty()) continue;
    if (line.size() > kMaxRecordBytes) {
      problem = RowProblem::too_long;
    } else {
      split_line(line);
      check_text(line);
    }
    return true;
  }
}

void DelimitedReader::State::split_line(std::string_view line) {
  const std::string& separator = options.separator;
  if (separator.size() == 1) {
    const char wanted = separator[0];
    size_t begin = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] != wanted) continue;
      fields.push_back(line.substr(begin, i - begin));
      begin = i + 1;
    }
    fields.push_back(line.substr(begin));
    return;
  }
  for (size_t begin = 0;;) {
    const size_t end = line.find(separator, begin);
    fields.push_back(line.substr(begin, end - begin));
    if (end == std::string_view::npos) return;
    begin = end + separator.size();
  }
}

/// A record with quotes in its first line; it may run over several lines.
void DelimitedReader::State::read_quoted_record() {
  const size_t begin = position;
  size_t at = position;
  size_t line_end = position;  // of the line that `at` is in, once `at` has passed it
  for (;;) {
    if (at - begin > kMaxRecordBytes) return skip_line_of(at, next_line, RowProblem::too_long);
    if (at < text.size() && text[at] == kQuote) {
      at = read_quoted_field(at);
      if (problem != RowProblem::none) return;
    } else {
      if (line_end <= at) line_end = std::min(text.find('\n', at), text.size());
      const std::string_view rest = text.substr(at, line_end - at);
      const size_t length = std::min(rest.find(options.separator), rest.size());
      fields.push_back(length == rest.size() ? without_carriage_return(rest) : rest.substr(0, length));
      at += length;
    }
    if (at >= text.size() || text[at] == '\n') break;
    if (text.substr(at, 2) == "\r\n") {
      ++at;
      break;
    }
    at += options.separator.size();
  }
  position = std::min(at + 1, text.size());
  ++next_line;
  check_text(text.substr(begin, at - begin));
}

/// Reads the quoted field that opens at `open` and returns the offset behind it; on a problem the reader already stands
/// on the next line.
size_t DelimitedReader::State::read_quoted_field(size_t open) {
  const uint64_t open_line = next_line;
  const size_t limit = std::min(text.size(), open + kMaxRecordBytes);
  std::string* copy = nullptr;
  size_t piece = open + 1;
  for (;;) {
    const size_t quote = text.substr(0, limit).find(kQuote, piece);
    if (quote == std::string_view::npos) {
      skip_line_of(open, open_line, RowProblem::unterminated_quote);
      return position;
    }
    const bool doubled = quote + 1 < text.size() && text[quote + 1] == kQuote;
    if (doubled && copy == nullptr) {
      if (unescaped_used == unescaped.size()) unescaped.emplace_back();
      copy = &unescaped[unescaped_used++];
      copy->clear();
    }
    if (copy != nullptr) copy->append(text.substr(piece, quote - piece + (doubled ? 1 : 0)));
    if (doubled) {
      piece = quote + 2;
      continue;
    }
    const std::string_view behind = text.substr(quote + 1, 2);
    const bool ends = behind.empty() || behind[0] == '\n' || behind == "\r\n" || behind == "\r" ||
                      text.substr(quote + 1).starts_with(options.separator);
    if (!ends) {
      skip_line_of(open, open_line, RowProblem::stray_quote);
      return position;
    }
    const std::string_view raw = text.substr(open + 1, quote - open - 1);
    next_line += static_cast<uint64_t>(std::count(raw.begin(), raw.end(), '\n'));
    fields.push_back(copy != nullptr ? std::string_view(*copy) : raw);
    return behind == "\r" ? quote + 2 : quote + 1;
  }
}

/// Gives the record up: the next one begins behind the line of `offset`.
void DelimitedReader::State::skip_line_of(size_t offset, uint64_t line_number, RowProblem reason) {
  problem = reason;
  if (reason != RowProblem::too_long) record_line = line_number;
  const size_t end = text.find('\n', offset);
  position = end == std::string_view::npos ? text.size() : end + 1;
  next_line = line_number + 1;
}

void DelimitedReader::State::check_text(std::string_view record) {
  if (std::memchr(record.data(), 0, record.size()) != nullptr) {
    problem = RowProblem::nul_byte;
  } else if (!is_ascii(record) && source::find_invalid_utf8(record) != std::string_view::npos) {
    problem = RowProblem::invalid_utf8;
  } else if (!names.empty() && fields.size() != names.size()) {
    problem = RowProblem::wrong_field_count;
  }
}

std::expected<void, FileError> DelimitedReader::State::read_names() {
  if (text.starts_with("\xEF\xBB\xBF")) {
    position = 3;
  } else if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return std::unexpected(FileError{path, "is UTF-16; it has to be UTF-8"});
  }
  if (!options.header) {
    names = options.names;
    return index_names();
  }
  if (!read_record()) return std::unexpected(FileError{path, "is empty; its first line should name the fields"});
  if (problem != RowProblem::none) {
    return std::unexpected(FileError{path, "line 1, which names the fields, has " + std::string(to_text(problem))});
  }
  names.assign(fields.begin(), fields.end());
  return index_names();
}

std::expected<void, FileError> DelimitedReader::State::index_names() {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].find('\r') != std::string::npos) {
      return std::unexpected(FileError{path, "ends its lines with a carriage return alone; LF or CRLF is needed"});
    }
    if (!index.emplace(names[i], static_cast<int>(i)).second && !names[i].empty()) {
      return std::unexpected(FileError{path, "names the field `" + names[i] + "` twice in its first line"});
    }
  }
  return {};
}

DelimitedReader::DelimitedReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
DelimitedReader::DelimitedReader(DelimitedReader&&) noexcept = default;
DelimitedReader::~DelimitedReader() = default;

std::expected<DelimitedReader, FileError> DelimitedReader::open(const std::string& path, Options options) {
  auto file = MappedFile::open(path);
  if (!file) return std::unexpected(std::move(file.error()));
  auto state = std::make_unique<State>(std::move(*file), std::move(options), path);
  if (auto read = state->read_names(); !read) return std::unexpected(std::move(read.error()));
  return DelimitedReader(std::move(state));
}

const std::vector<std::string>& DelimitedReader::names() const {
  return state_->names;
}

int DelimitedReader::field(std::string_view name) const {
  const auto found = state_->index.find(name);
  return found == state_->index.end() ? -1 : found->second;
}

void DelimitedReader::restrict_to(uint64_t begin, uint64_t line, uint64_t end) {
  state_->text = state_->text.substr(0, end);
  state_->position = begin;
  state_->next_line = line;
}

bool DelimitedReader::next() {
  state_->file.let_go_before(state_->position);
  return state_->read_record();
}
const std::vector<std::string_view>& DelimitedReader::fields() const {
  return state_->fields;
}
RowProblem DelimitedReader::problem() const {
  return state_->problem;
}

std::string DelimitedReader::problem_text() const {
  if (state_->problem != RowProblem::wrong_field_count) return std::string(to_text(state_->problem));
  const size_t count = state_->fields.size();
  return std::to_string(count) + (count == 1 ? " field" : " fields") + " where the header has " +
         std::to_string(state_->names.size());
}

uint64_t DelimitedReader::line() const {
  return state_->record_line;
}
uint64_t DelimitedReader::next_line() const {
  return state_->next_line;
}
uint64_t DelimitedReader::bytes_read() const {
  return state_->position;
}
uint64_t DelimitedReader::bytes_total() const {
  return state_->text.size();
}

}  // namespace rec::ingest
