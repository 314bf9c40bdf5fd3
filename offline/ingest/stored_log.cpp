// Sections: what was read, times, items, users, columns, and the texts of columns once each.
#include "offline/ingest/stored_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/store/sections.h"

namespace rec::ingest {
namespace {

using types::Kind;

size_t element_width(Kind element) {
  switch (element) {
    case Kind::boolean:
      return 1;
    case Kind::floating:
    case Kind::string:
      return 4;
    default:
      return 8;
  }
}

std::string section(size_t column, const char* what) {
  return fmt::format("{}.{}", column, what);
}

/// Texts that columns use, numbered by first use.
class Texts {
 public:
  explicit Texts(const column::StringSpace& strings) : strings_(strings) {}

  uint32_t number(int32_t code) {
    const auto at = static_cast<size_t>(code);
    if (at >= number_.size()) number_.resize(at + 1, UINT32_MAX);
    if (number_[at] == UINT32_MAX) {
      number_[at] = static_cast<uint32_t>(offsets_.size() - 1);
      bytes_ += strings_.text(code);
      offsets_.push_back(bytes_.size());
    }
    return number_[at];
  }
  void write(store::FileWriter& file) const {
    file.add<uint64_t>("strings.offsets", types::string(), offsets_);
    file.add<char>("strings.bytes", types::string(), bytes_);
  }

 private:
  const column::StringSpace& strings_;
  std::vector<uint32_t> number_;
  std::vector<uint64_t> offsets_{0};
  std::string bytes_;
};

class Writer {
 public:
  Writer(store::FileWriter& file, const EventLog& log) : file_(file), log_(log), texts_(*log.strings) {}

  void column(size_t index, const types::Type& type) {
    const auto& column = log_.events.columns[index];
    if (type.optional) present(index, column.present);
    switch (type.kind) {
      case Kind::string: {
        std::vector<uint32_t> numbers(log_.events.size);
        const auto* codes = static_cast<const int32_t*>(column.data);
        std::transform(codes, codes + numbers.size(), numbers.begin(),
                       [&](int32_t code) { return texts_.number(code); });
        file_.add<uint32_t>(section(index, "values"), type, numbers);
        break;
      }
      case Kind::list:
        list(index, type, static_cast<const column::ListRef*>(column.data));
        break;
      default: {
        const size_t width = types::width(type);
        const auto* bytes = static_cast<const std::byte*>(column.data);
        file_.add(section(index, "values"), type, static_cast<uint32_t>(width),
                  std::span(bytes, log_.events.size * width));
      }
    }
  }
  void finish() { texts_.write(file_); }

 private:
  void present(size_t index, const uint8_t* values) {
    file_.add(section(index, "present"), types::boolean(), std::span(values, log_.events.size));
  }
  void list(size_t index, const types::Type& type, const column::ListRef* lists) {
    const size_t width = element_width(type.element);
    std::vector<uint64_t> offsets{0};
    std::vector<std::byte> elements;
    for (size_t event = 0; event < log_.events.size; ++event) {
      const auto* bytes = static_cast<const std::byte*>(lists[event].data);
      if (type.element == Kind::string) {
        for (const int32_t code : lists[event].as<int32_t>()) {
          const uint32_t number = texts_.number(code);
          const auto* of_number = reinterpret_cast<const std::byte*>(&number);
          elements.insert(elements.end(), of_number, of_number + sizeof(number));
        }
      } else {
        elements.insert(elements.end(), bytes, bytes + lists[event].size * width);
      }
      offsets.push_back(offsets.back() + lists[event].size);
    }
    file_.add<uint64_t>(section(index, "offsets"), type, offsets);
    file_.add(section(index, "values"), type, static_cast<uint32_t>(width), elements);
  }

  store::FileWriter& file_;
  const EventLog& log_;
  Texts texts_;
};

void write_keys(store::FileWriter& file, std::span<const store::Key> keys) {
  std::vector<int64_t> numbers;
  std::vector<uint64_t> offsets{0};
  std::string bytes;
  for (const store::Key& key : keys) {
    if (const auto* number = std::get_if<int64_t>(&key)) {
      numbers.push_back(*number);
    } else {
      bytes += std::get<std::string>(key);
      offsets.push_back(bytes.size());
    }
  }
  file.add<int64_t>("unknown.number", types::integer(), numbers);
  file.add<uint64_t>("unknown.offsets", types::string(), offsets);
  file.add<char>("unknown.bytes", types::string(), bytes);
}

}  // namespace

std::expected<void, store::WriteError> write_stored_log(const std::string& path, const EventLog& log,
                                                        size_t first_unknown, const catalog::Events& events,
                                                        const LogSource& source) {
  const auto sections = static_cast<uint32_t>(9 + 3 * events.columns.size());
  auto file = store::FileWriter::create(path, store::FileKind::events, log.events.size, sections);
  if (!file) return std::unexpected(file.error());
  const uint64_t words[] = {source.bytes,    source.hash,        source.lines,
                            source.bad_rows, source.without_row, source.open_quote ? 1U : 0U,
                            log.known_users};
  file->add("source", types::integer(), std::span<const uint64_t>(words));
  file->add("time", types::integer(), std::span(log.events.time, log.events.size));
  file->add("item", types::integer(), std::span(log.events.item, log.events.size));
  file->add("user", types::integer(), log.user);
  write_keys(*file, std::span(log.unknown_users).subspan(first_unknown));
  Writer writer(*file, log);
  for (size_t column = 0; column < events.columns.size(); ++column) writer.column(column, events.columns[column].type);
  writer.finish();
  return file->finish();
}

std::expected<StoredLog, store::FileProblem> StoredLog::open(const std::string& path, const catalog::Events& events) {
  auto file = store::MappedFile::open(path, store::FileKind::events);
  if (!file) return std::unexpected(file.error());
  if (auto problem = file->verify()) return std::unexpected(*problem);
  StoredLog log(std::move(*file));
  if (auto problem = log.read_shape(events)) return std::unexpected(*problem);
  return log;
}

std::optional<store::FileProblem> StoredLog::read_shape(const catalog::Events& events) {
  store::Sections sections(*file_);
  const uint64_t size = file_->rows();
  const auto* words = sections.read<uint64_t>("source", 7);
  sections.read<int64_t>("time", size);
  sections.read<uint32_t>("item", size);
  sections.read<uint32_t>("user", size);
  const auto* numbers = sections.read<int64_t>("unknown.number");
  const auto* offsets = sections.read<uint64_t>("unknown.offsets");
  const auto* bytes = sections.read<char>("unknown.bytes");
  for (size_t column = 0; column < events.columns.size() && !sections.problem(); ++column) {
    const types::Type& type = events.columns[column].type;
    const auto* values = file_->section(section(column, "values"));
    const size_t wanted = type.kind == Kind::string ? sizeof(uint32_t)
                          : type.kind == Kind::list ? element_width(type.element)
                                                    : types::width(type);
    if (values == nullptr || values->width != wanted || (type.kind != Kind::list && values->count != size))
      sections.damaged(fmt::format("column {} has other values than it should", column));
    if (type.kind == Kind::list) sections.read<uint64_t>(section(column, "offsets"), size + 1);
    if (type.optional) sections.read<uint8_t>(section(column, "present"), size);
  }
  if (sections.problem()) return sections.problem();
  source_ = {.bytes = words[0],
             .hash = words[1],
             .lines = words[2],
             .bad_rows = words[3],
             .without_row = words[4],
             .open_quote = words[5] != 0};
  known_users_ = static_cast<uint32_t>(words[6]);
  for (uint64_t i = 0; i < sections.count("unknown.number"); ++i) unknown_users_.emplace_back(numbers[i]);
  for (uint64_t i = 0; i + 1 < sections.count("unknown.offsets"); ++i)
    unknown_users_.emplace_back(std::string(bytes + offsets[i], bytes + offsets[i + 1]));
  return std::nullopt;
}

namespace {

/// Columns as they lie in a running build. The file was verified: what its sections hold is what was written.
class Reader {
 public:
  Reader(const store::MappedFile& file, EventLog& log) : file_(file), sections_(file), log_(log) {
    const auto* offsets = sections_.read<uint64_t>("strings.offsets");
    const auto* bytes = sections_.read<char>("strings.bytes");
    for (uint64_t i = 0; i + 1 < sections_.count("strings.offsets"); ++i)
      codes_.push_back(log.strings->intern({bytes + offsets[i], offsets[i + 1] - offsets[i]}));
  }

  const uint32_t* rows(const char* name, std::span<const uint32_t> moved) {
    const auto* from = sections_.read<uint32_t>(name);
    if (moved.empty()) return from;
    const auto to = log_.arena.allocate<uint32_t>(file_.rows());
    std::transform(from, from + file_.rows(), to.begin(), [&](uint32_t row) { return moved[row]; });
    return to.data();
  }

  column::EventColumns::Column column(size_t index, const types::Type& type) {
    column::EventColumns::Column out;
    if (type.optional) out.present = sections_.read<uint8_t>(section(index, "present"));
    const std::byte* values = file_.data(*file_.section(section(index, "values")));
    switch (type.kind) {
      case Kind::string:
        out.data = codes(reinterpret_cast<const uint32_t*>(values), file_.rows());
        break;
      case Kind::list:
        out.data = lists(index, type, values);
        break;
      default:
        out.data = values;
    }
    return out;
  }

 private:
  const int32_t* codes(const uint32_t* numbers, uint64_t count) {
    const auto to = log_.arena.allocate<int32_t>(count);
    std::transform(numbers, numbers + count, to.begin(), [&](uint32_t number) { return codes_[number]; });
    return to.data();
  }
  const void* lists(size_t index, const types::Type& type, const std::byte* values) {
    const auto* offsets = sections_.read<uint64_t>(section(index, "offsets"));
    const size_t width = element_width(type.element);
    if (type.element == Kind::string)
      values =
          reinterpret_cast<const std::byte*>(codes(reinterpret_cast<const uint32_t*>(values), offsets[file_.rows()]));
    const auto to = log_.arena.allocate<column::ListRef>(file_.rows());
    for (size_t event = 0; event < to.size(); ++event) {
      to[event] = {.data = values + offsets[event] * width,
                   .size = static_cast<uint32_t>(offsets[event + 1] - offsets[event])};
    }
    return to.data();
  }

  const store::MappedFile& file_;
  store::Sections sections_;
  EventLog& log_;
  std::vector<int32_t> codes_;
};

}  // namespace

std::shared_ptr<EventLog> StoredLog::read(const catalog::Events& events, const std::vector<store::Key>& before,
                                          uint32_t known_users, const MovedRows& moved,
                                          const std::shared_ptr<column::StringSpace>& strings) const {
  auto log = std::make_shared<EventLog>();
  log->strings = strings;
  log->known_users = known_users;
  log->unknown_users = before;
  log->unknown_users.insert(log->unknown_users.end(), unknown_users_.begin(), unknown_users_.end());
  std::vector<uint32_t> users;  // those without a row come behind those with one
  if (!moved.users.empty() || known_users != known_users_) {
    for (uint32_t row = 0; row < known_users_; ++row) users.push_back(moved.users.empty() ? row : moved.users[row]);
    for (uint32_t i = 0; i < log->unknown_users.size(); ++i) users.push_back(known_users + i);
  }
  Reader reader(*file_, *log);
  log->events.size = file_->rows();
  log->events.time = store::Sections(*file_).read<int64_t>("time");
  log->events.item = reader.rows("item", moved.items);
  log->user = {reader.rows("user", users), file_->rows()};
  for (size_t column = 0; column < events.columns.size(); ++column)
    log->events.columns.push_back(reader.column(column, events.columns[column].type));
  log->kept_alive = {file_};
  return log;
}

}  // namespace rec::ingest
