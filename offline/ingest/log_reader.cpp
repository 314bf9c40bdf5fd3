// One row of the raw file into one event, or into a count of what was left out.
#include "offline/ingest/log_reader.h"

#include <fmt/format.h>

#include "compiler/types/text.h"
#include "offline/ingest/field.h"

namespace rec::ingest {
namespace {

std::optional<store::Key> parse_key(std::string_view text, const store::Table& table) {
  if (table.has_string_keys()) {
    return text.empty() ? std::nullopt : std::optional<store::Key>(std::string(text));
  }
  const auto number = types::parse_int(text);
  return number ? std::optional<store::Key>(*number) : std::nullopt;
}

}  // namespace

std::optional<LogReader> LogReader::open(const LogFile& file, const FilePart& part, BadRows& bad_rows,
                                         diagnostics::Diagnostics& diagnostics) {
  auto raw = open_raw_file(file.directory, file.events.source, diagnostics);
  if (!raw) {
    return std::nullopt;
  }
  const bool whole = part.begin == 0;
  raw->restrict_to(whole ? raw->bytes_read() : part.begin, whole ? raw->next_line() : part.line, part.end);
  LogReader reader(file, std::move(*raw), bad_rows);
  if (!reader.find_fields(diagnostics)) {
    return std::nullopt;
  }
  if (part.unknown_users != nullptr) {
    for (const store::Key& key : *part.unknown_users) {
      reader.add_unknown(key);
    }
  }
  return reader;
}

bool LogReader::find_fields(diagnostics::Diagnostics& diagnostics) {
  const catalog::Events& events = file_.events;
  bool whole = true;
  const auto find = [&](const std::string& name, source::Span span) {
    const auto field = find_field(reader_, events.source, name, span, diagnostics);
    whole = whole && field;
    return field.value_or(0);
  };
  fields_.user = find(events.user_column, events.span);
  fields_.item = find(events.item_column, events.span);
  fields_.time = find(events.time_column, events.span);
  for (const catalog::Column& column : events.columns) {
    fields_.columns.push_back(find(column.source_name, column.span));
  }
  return whole;
}

bool LogReader::next(RawEvents& raw) {
  while (reader_.next()) {
    if (add(raw)) {
      return true;
    }
  }
  return false;
}

bool LogReader::add(RawEvents& raw) {
  if (reader_.problem() != RowProblem::none) {
    open_quote_ = open_quote_ || reader_.problem() == RowProblem::unterminated_quote;
    bad(std::string(to_text(reader_.problem())), {});
    return false;
  }
  const auto& fields = reader_.fields();
  const auto item = find_item(fields[fields_.item]);
  if (!item) {
    return false;
  }
  const auto time = parse_time_field(fields[fields_.time], file_.events.time_format);
  if (!time) {
    bad(fmt::format("`{}` is no time", file_.events.time_column), fields[fields_.time]);
    return false;
  }
  const auto user = find_user(fields[fields_.user]);
  if (!user || !add_columns(raw)) {
    return false;
  }
  raw.item.push_back(*item);
  raw.user.push_back(*user);
  raw.time.push_back(*time);
  return true;
}

void LogReader::bad(const std::string& reason, std::string_view seen) {
  bad_rows_.add(file_.events.source.path, reason, reader_.line(), seen);
}

std::optional<uint32_t> LogReader::find_item(std::string_view text) {
  const store::Table& items = file_.items;
  const auto key = parse_key(text, items);
  if (!key) {
    bad(fmt::format("`{}` is no key of `{}`", file_.events.item_column, items.name()), text);
    return std::nullopt;
  }
  const auto row = items.find(*key);
  if (!row) {
    ++without_row_;
    bad(fmt::format("`{}` has no row in `{}`", file_.events.item_column, items.name()), text);
  }
  return row;
}

std::optional<uint32_t> LogReader::find_user(std::string_view text) {
  const store::Table& users = file_.users;
  const auto key = parse_key(text, users);
  if (!key) {
    bad(fmt::format("`{}` is no key of `{}`", file_.events.user_column, users.name()), text);
    return std::nullopt;
  }
  if (const auto row = users.find(*key)) {
    return row;
  }
  if (!file_.keep_unknown_users) {
    ++without_row_;
    bad(fmt::format("`{}` has no row in `{}`", file_.events.user_column, users.name()), text);
    return std::nullopt;
  }
  return add_unknown(*key);
}

uint32_t LogReader::add_unknown(const store::Key& key) {
  const auto row = file_.users.rows() + static_cast<uint32_t>(unknown_users_.size());
  const auto [known, added] = unknown_.emplace(key, row);
  if (added) {
    unknown_users_.push_back(key);
  }
  return known->second;
}

void LogReader::finish(EventLog& log) {
  log.known_users = file_.users.rows();
  log.unknown_users = std::move(unknown_users_);
  log.lines = reader_.next_line();
  log.without_row = without_row_;
  log.open_quote = open_quote_;
}

bool LogReader::add_columns(RawEvents& raw) {
  for (size_t i = 0; i < raw.columns.size(); ++i) {
    const std::string_view text = reader_.fields()[fields_.columns[i]];
    if (const auto reason = append_field(text, file_.events.columns[i], raw.pool, raw.columns[i])) {
      bad(*reason, text);
      while (i-- > 0) {
        truncate(raw.columns[i], raw.size());
      }
      return false;
    }
  }
  return true;
}

}  // namespace rec::ingest
