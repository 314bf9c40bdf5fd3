// A generation in words: its tables, counts and indexes, and one user's history.
#include <fmt/format.h>

#include "compiler/types/text.h"
#include "offline/build/build.h"
#include "runtime/store/generation.h"

namespace rec::build {
namespace {

using types::Kind;

std::string scalar_text(Kind kind, const void* data, size_t index, const column::StringSpace& strings) {
  switch (kind) {
    case Kind::boolean:
      return static_cast<const uint8_t*>(data)[index] != 0 ? "true" : "false";
    case Kind::floating:
      return types::format_float(static_cast<const float*>(data)[index]);
    case Kind::string:
      return std::string(strings.text(static_cast<const int32_t*>(data)[index]));
    case Kind::time:
      return types::format_time(static_cast<const int64_t*>(data)[index]);
    case Kind::duration:
      return types::format_duration(static_cast<const int64_t*>(data)[index]);
    default:
      return std::to_string(static_cast<const int64_t*>(data)[index]);
  }
}

std::string event_text(const column::EventColumns::Column& column, const types::Type& type, size_t event,
                       const column::StringSpace& strings) {
  if (column.present != nullptr && column.present[event] == 0) {
    return "none";
  }
  if (type.kind == Kind::vector) {
    return types::to_text(type);
  }
  if (type.kind != Kind::list) {
    return scalar_text(type.kind, column.data, event, strings);
  }
  const auto& list = static_cast<const column::ListRef*>(column.data)[event];
  std::string text;
  for (uint32_t i = 0; i < list.size; ++i) {
    text += (i == 0 ? "" : ", ") + scalar_text(type.element, list.data, i, strings);
  }
  return "[" + text + "]";
}

std::string tables_text(const store::Generation& generation) {
  std::string text;
  for (size_t t = 0; t < generation.catalog().tables.size(); ++t) {
    const catalog::Table& description = generation.catalog().tables[t];
    const store::Table& table = generation.table(t);
    text += fmt::format("table {}: {} rows, {} strings\n", table.name(), table.rows(), table.strings().size());
    for (size_t i = 0; i < description.columns.size(); ++i) {
      const catalog::Column& column = description.columns[i];
      uint32_t missing = 0;
      for (uint32_t row = 0; row < table.rows(); ++row) {
        missing += table.columns()[i].has(row) ? 0 : 1;
      }
      text += fmt::format("  {}: {}{}{}\n", column.name, types::to_text(column.type),
                          column.is_statistic ? ", a statistic" : "",
                          missing > 0 ? fmt::format(", {} missing", missing) : "");
    }
  }
  return text;
}

std::string contents(const store::Generation& generation, const std::string& name) {
  if (const auto* index = generation.index(name)) {
    return fmt::format("{} items, {} neighbours", index->items, index->offsets[index->items]);
  }
  if (const auto* index = generation.user_index(name)) {
    return fmt::format("{} users, {} neighbours", index->users, index->offsets[index->users]);
  }
  if (const auto* index = generation.vector_index(name)) {
    return fmt::format("{} items, vectors of {}{}", index->count, index->dimension,
                       index->users > 0 ? fmt::format(", {} users", index->users) : "");
  }
  return "not built";
}

std::string indexes_text(const store::Generation& generation) {
  std::string text;
  for (const catalog::Index& description : generation.catalog().indexes) {
    text += fmt::format("index {}: {}, {}\n", description.name, description.algorithm,
                        contents(generation, description.name));
  }
  return text;
}

std::optional<store::Key> parse_key(const store::Table& table, const std::string& text) {
  if (table.has_string_keys()) {
    return text;
  }
  const auto number = types::parse_int(text);
  return number ? std::optional<store::Key>(*number) : std::nullopt;
}

/// One sequence of one user, an event a line. Empty after an error.
std::string history_text(const store::Generation& generation, size_t sequence, const std::string& user,
                         diagnostics::Diagnostics& diagnostics) {
  const catalog::Sequence& description = generation.catalog().sequences[sequence];
  const catalog::Events& events = generation.catalog().events[description.events];
  const store::Table& items = *generation.table(events.item_table);
  const store::Table& users = *generation.table(events.user_table);
  const auto key = parse_key(users, user);
  if (!key) {
    diagnostics.error(diagnostics::Code::unknown_user, {},
                      fmt::format("`{}` is no key of `{}`, whose keys are ints", user, users.name()));
    return "";
  }
  column::StringSpace strings(items.strings());
  column::Arena arena;
  const auto read = generation.read_sequence(sequence, *key, strings, arena);
  if (!read) {
    diagnostics.error(diagnostics::Code::damaged_user_store, {}, read.error());
    return "";
  }
  std::string text = fmt::format("{} of user {}{}: {} events, newest first{}\n", description.name, user,
                                 users.find(*key) ? "" : " (who has no row)", read->events.size,
                                 read->gone > 0 ? fmt::format(", {} of items that are gone", read->gone) : "");
  for (size_t event = 0; event < read->events.size; ++event) {
    text +=
        fmt::format("  {}  {}", types::format_time(read->events.time[event]), items.key_text(read->events.item[event]));
    for (size_t i = 0; i < events.columns.size(); ++i) {
      text += fmt::format("  {}={}", events.columns[i].name,
                          event_text(read->events.columns[i], events.columns[i].type, event, strings));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string inspect(const std::string& directory, const std::string& user, source::Sources& sources,
                    diagnostics::Diagnostics& diagnostics) {
  const auto generation = store::open_generation(directory, sources, diagnostics);
  if (generation == nullptr) {
    return "";
  }
  std::string text;
  if (user.empty()) {
    text = fmt::format("generation {}, newest event {}\n", generation->number(),
                       types::format_time(generation->newest_event()));
    text += tables_text(*generation) + indexes_text(*generation);
    for (const catalog::Sequence& sequence : generation->catalog().sequences) {
      text += fmt::format("sequence {}: of {}, at most {} events a user\n", sequence.name,
                          generation->catalog().events[sequence.events].name, sequence.keep);
    }
    return text;
  }
  for (size_t sequence = 0; sequence < generation->catalog().sequences.size() && !diagnostics.has_errors();
       ++sequence) {
    text += history_text(*generation, sequence, user, diagnostics);
  }
  return text;
}

}  // namespace rec::build
