// Reading a log, then laying its columns out newest first.
#include "offline/ingest/event_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "compiler/types/text.h"
#include "offline/ingest/field.h"
#include "offline/ingest/table_reader.h"

namespace rec::ingest {
namespace {

using types::Kind;

/// Header fields of the log's user, item and time, and of its own columns.
struct Fields {
  size_t user = 0, item = 0, time = 0;
  std::vector<size_t> columns;
};

std::optional<Fields> find_fields(const DelimitedReader& reader, const catalog::Events& events,
                                  diagnostics::Diagnostics& diagnostics) {
  const auto find = [&](const std::string& name, source::Span span) {
    return find_field(reader, events.source, name, span, diagnostics);
  };
  const auto user = find(events.user_column, events.span);
  const auto item = find(events.item_column, events.span);
  const auto time = find(events.time_column, events.span);
  bool whole = user && item && time;
  Fields fields{.user = user.value_or(0), .item = item.value_or(0), .time = time.value_or(0), .columns = {}};
  for (const catalog::Column& column : events.columns) {
    const auto field = find(column.source_name, column.span);
    whole = whole && field;
    fields.columns.push_back(field.value_or(0));
  }
  return whole ? std::optional(std::move(fields)) : std::nullopt;
}

std::optional<store::Key> parse_key(std::string_view text, const store::Table& table) {
  if (table.has_string_keys()) {
    return text.empty() ? std::nullopt : std::optional<store::Key>(std::string(text));
  }
  const auto number = types::parse_int(text);
  return number ? std::optional<store::Key>(*number) : std::nullopt;
}

class LogReader {
 public:
  LogReader(const catalog::Events& events, Fields fields, const store::Table& users, bool keep_unknown_users,
            const store::Table& items, BadRows& bad_rows, const FilePart& part)
      : events_(events),
        fields_(std::move(fields)),
        users_(users),
        keep_unknown_users_(keep_unknown_users),
        items_(items),
        bad_rows_(bad_rows),
        log_(std::make_unique<EventLog>()) {
    log_->known_users = users.rows();
    log_->strings = part.strings ? part.strings : std::make_shared<column::StringSpace>(items.strings());
    if (part.unknown_users != nullptr) {
      for (const store::Key& key : *part.unknown_users) {
        add_unknown(key);
      }
    }
    for (const catalog::Column& column : events.columns) {
      columns_.push_back(empty_column(column.type));
    }
  }

  void add(const DelimitedReader& reader) {
    if (reader.problem() != RowProblem::none) {
      log_->open_quote = log_->open_quote || reader.problem() == RowProblem::unterminated_quote;
      return bad(reader, std::string(to_text(reader.problem())), {});
    }
    const auto& fields = reader.fields();
    const auto item = find_item(reader, fields[fields_.item]);
    if (!item) {
      return;
    }
    const auto time = parse_time_field(fields[fields_.time], events_.time_format);
    if (!time) {
      return bad(reader, fmt::format("`{}` is no time", events_.time_column), fields[fields_.time]);
    }
    const auto user = find_user(reader, fields[fields_.user]);
    if (!user || !add_columns(reader)) {
      return;
    }
    item_.push_back(*item);
    user_.push_back(*user);
    time_.push_back(*time);
  }

  std::unique_ptr<EventLog> finish(uint64_t lines);

 private:
  void bad(const DelimitedReader& reader, const std::string& reason, std::string_view seen) {
    bad_rows_.add(events_.source.path, reason, reader.line(), seen);
  }

  std::optional<uint32_t> find_item(const DelimitedReader& reader, std::string_view text) {
    const auto key = parse_key(text, items_);
    if (!key) {
      bad(reader, fmt::format("`{}` is no key of `{}`", events_.item_column, items_.name()), text);
      return std::nullopt;
    }
    const auto row = items_.find(*key);
    if (!row) {
      ++log_->without_row;
      bad(reader, fmt::format("`{}` has no row in `{}`", events_.item_column, items_.name()), text);
    }
    return row;
  }

  std::optional<uint32_t> find_user(const DelimitedReader& reader, std::string_view text) {
    const auto key = parse_key(text, users_);
    if (!key) {
      bad(reader, fmt::format("`{}` is no key of `{}`", events_.user_column, users_.name()), text);
      return std::nullopt;
    }
    if (const auto row = users_.find(*key)) {
      return row;
    }
    if (!keep_unknown_users_) {
      ++log_->without_row;
      bad(reader, fmt::format("`{}` has no row in `{}`", events_.user_column, users_.name()), text);
      return std::nullopt;
    }
    return add_unknown(*key);
  }

  uint32_t add_unknown(const store::Key& key) {
    const auto [known, added] = unknown_.emplace(key, log_->users());
    if (added) {
      log_->unknown_users.push_back(key);
    }
    return known->second;
  }

  bool add_columns(const DelimitedReader& reader) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const std::string_view text = reader.fields()[fields_.columns[i]];
      if (const auto reason = append_field(text, events_.columns[i], pool_, columns_[i])) {
        bad(reader, *reason, text);
        while (i-- > 0) {
          truncate(columns_[i], time_.size());
        }
        return false;
      }
    }
    return true;
  }

  const catalog::Events& events_;
  const Fields fields_;
  const store::Table& users_;
  const bool keep_unknown_users_;
  const store::Table& items_;
  BadRows& bad_rows_;
  std::unique_ptr<EventLog> log_;
  std::map<store::Key, uint32_t> unknown_;
  std::vector<uint32_t> item_, user_;
  std::vector<int64_t> time_;
  store::StringPool pool_;
  std::vector<store::ColumnData> columns_;
};

template <typename T, typename From, typename Convert>
std::span<T> arrange(column::Arena& arena, std::span<const uint32_t> order, const From& from, Convert convert) {
  const auto to = arena.allocate<T>(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    to[i] = convert(from[order[i]]);
  }
  return to;
}

template <typename T>
std::span<T> arrange(column::Arena& arena, std::span<const uint32_t> order, const std::vector<T>& from) {
  return arrange<T>(arena, order, from, [](T value) { return value; });
}

/// All elements of a list column in their physical type.
const std::byte* list_elements(column::Arena& arena, const store::ColumnData& data, std::span<const int32_t> codes,
                               size_t& width) {
  const auto copy = [&]<typename T>(T, const auto& from) {
    const auto to = arena.allocate<T>(from.size());
    std::ranges::transform(from, to.begin(), [](auto value) { return static_cast<T>(value); });
    width = sizeof(T);
    return reinterpret_cast<const std::byte*>(to.data());
  };
  switch (data.type.element) {
    case Kind::boolean:
      return copy(uint8_t{}, data.integers);
    case Kind::floating:
      return copy(float{}, data.floats);
    case Kind::string: {
      const auto to = arena.allocate<int32_t>(data.strings.size());
      std::ranges::transform(data.strings, to.begin(), [&](uint32_t number) { return codes[number]; });
      width = sizeof(int32_t);
      return reinterpret_cast<const std::byte*>(to.data());
    }
    default:
      return copy(int64_t{}, data.integers);
  }
}

/// A column in its physical type, in the order of the events. `codes`: of the pool's strings.
column::EventColumns::Column lay_out(column::Arena& arena, const store::ColumnData& data,
                                     std::span<const uint32_t> order, std::span<const int32_t> codes) {
  column::EventColumns::Column out;
  if (data.type.optional) {
    out.present = arrange(arena, order, data.present).data();
  }
  switch (data.type.kind) {
    case Kind::boolean:
      out.data =
          arrange<uint8_t>(arena, order, data.integers, [](int64_t v) { return static_cast<uint8_t>(v); }).data();
      break;
    case Kind::floating:
      out.data = arrange(arena, order, data.floats).data();
      break;
    case Kind::string:
      out.data = arrange<int32_t>(arena, order, data.strings, [&](uint32_t number) { return codes[number]; }).data();
      break;
    case Kind::list: {
      size_t width = 0;
      const std::byte* elements = list_elements(arena, data, codes, width);
      const auto lists = arena.allocate<column::ListRef>(order.size());
      for (size_t i = 0; i < order.size(); ++i) {
        const uint64_t begin = data.offsets[order[i]];
        lists[i] = {.data = elements + begin * width,
                    .size = static_cast<uint32_t>(data.offsets[order[i] + size_t{1}] - begin)};
      }
      out.data = lists.data();
      break;
    }
    case Kind::vector: {
      const auto floats = arena.allocate<float>(data.floats.size());
      std::ranges::copy(data.floats, floats.begin());
      const auto vectors = arena.allocate<const float*>(order.size());
      for (size_t i = 0; i < order.size(); ++i) {
        const bool there = !data.type.optional || data.present[order[i]] != 0;
        vectors[i] = there ? floats.data() + size_t{order[i]} * data.type.size : nullptr;
      }
      out.data = vectors.data();
      break;
    }
    default:
      out.data = arrange(arena, order, data.integers).data();
  }
  return out;
}

std::unique_ptr<EventLog> LogReader::finish(uint64_t lines) {
  log_->lines = lines;
  std::vector<uint32_t> order(time_.size());
  std::iota(order.rbegin(), order.rend(), 0U);  // the later in the log first
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](uint32_t event) { return time_[event]; });
  std::vector<int32_t> codes;
  for (uint32_t number = 0; number < pool_.size(); ++number) {
    codes.push_back(log_->strings->intern(pool_.text(number)));
  }
  column::Arena& arena = log_->arena;
  log_->user = arrange(arena, order, user_);
  log_->events.size = order.size();
  log_->events.time = arrange(arena, order, time_).data();
  log_->events.item = arrange(arena, order, item_).data();
  for (const store::ColumnData& data : columns_) {
    log_->events.columns.push_back(lay_out(arena, data, order, codes));
  }
  return std::move(log_);
}

}  // namespace

std::unique_ptr<EventLog> read_event_log(const std::string& directory, const catalog::Events& events,
                                         const store::Table& users, bool unknown_users_have_values,
                                         const store::Table& items, BadRows& bad_rows,
                                         diagnostics::Diagnostics& diagnostics, const FilePart& part) {
  auto reader = open_raw_file(directory, events.source, diagnostics);
  if (!reader) {
    return nullptr;
  }
  auto fields = find_fields(*reader, events, diagnostics);
  if (!fields) {
    return nullptr;
  }
  const bool whole = part.begin == 0;
  reader->restrict_to(whole ? reader->bytes_read() : part.begin, whole ? reader->next_line() : part.line, part.end);
  LogReader log(events, std::move(*fields), users, unknown_users_have_values, items, bad_rows, part);
  while (reader->next()) {
    log.add(*reader);
  }
  return log.finish(reader->next_line());
}

}  // namespace rec::ingest
