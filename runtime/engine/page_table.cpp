// A page as a table for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/engine.h"
#include "runtime/engine/value_text.h"

namespace rec::engine {
namespace {

bool starts_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}
size_t length(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, starts_code_point));
}

/// At most `room` code points, the last an ellipsis where something was cut off.
std::string clipped(std::string_view text, size_t room) {
  if (length(text) <= room) return std::string(text);
  if (room == 0) return {};
  size_t seen = 0, end = 0;
  while (end < text.size() && (seen < room - 1 || !starts_code_point(text[end]))) {
    ++end;
    if (end == text.size() || starts_code_point(text[end])) ++seen;
  }
  return std::string(text.substr(0, end)) + "…";
}

/// One line: what a line break or another control character in a value would spoil becomes a space.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return text;
}

struct Column {
  std::string name;
  bool right = false;
  std::vector<std::string> cells;
};

std::string channels_text(const Item& item) {
  std::string out = item.inserted ? "inserted" : "";
  for (const auto& channel : item.channels) {
    out += fmt::format("{}{} #{}", out.empty() ? "" : ", ", channel.channel, channel.position);
    if (channel.score) out += fmt::format(" {:.4g}", *channel.score);
  }
  return out;
}

/// Floats at four digits: a table is for reading, JSON and CSV have them all.
std::string cell(const Item& item, size_t v) {
  const EmittedValue& value = item.values[v];
  if (value.absent) return {};
  if (const auto* number = std::get_if<float>(&value.value)) return fmt::format("{:.4g}", *number);
  return one_line(display(value.value, item.type_of(v), ", "));
}

/// `title` or `name`, where the item table has it as a string and it is not emitted anyway.
std::optional<Column> title_column(const Page& page, const store::Generation& generation) {
  const auto& catalog = generation.catalog();
  const auto table_index = catalog.table_index(page.table);
  if (!table_index) return {};
  for (const std::string_view name : {"title", "name"}) {
    const auto column = catalog.tables[*table_index].column_index(name);
    if (!column || catalog.tables[*table_index].columns[*column].type.kind != types::Kind::string) continue;
    if (std::ranges::find(page.value_names, "item." + std::string(name)) != page.value_names.end()) return {};
    const store::Table& table = generation.table(*table_index);
    const column::ColumnView& view = table.columns()[*column];
    Column out{.name = std::string(name), .cells = {}};
    for (const auto& item : page.items) {
      if (item.table != page.table) {
        out.cells.push_back("(" + item.table + ")");
        continue;
      }
      const auto number = table.has_string_keys() ? std::nullopt : std::optional(std::stoll(item.key));
      const auto row = number ? table.find(int64_t{*number}) : table.find(std::string_view(item.key));
      const bool has = row && view.has(*row);
      out.cells.push_back(has ? one_line(std::string(table.strings().text(static_cast<int32_t>(view.integer(*row)))))
                              : "");
    }
    return out;
  }
  return {};
}

std::vector<Column> columns_of(const Page& page, const store::Generation& generation) {
  std::vector<Column> columns{{.name = "#", .right = true, .cells = {}}, {.name = "key", .cells = {}}};
  for (size_t i = 0; i < page.items.size(); ++i) {
    columns[0].cells.push_back(std::to_string(i + 1));
    columns[1].cells.push_back(one_line(page.items[i].key));
  }
  if (auto title = title_column(page, generation)) columns.push_back(std::move(*title));
  for (size_t v = 0; v < page.value_names.size(); ++v) {
    Column column{.name = one_line(page.value_names[v]), .cells = {}};
    for (const auto& item : page.items) {
      const types::Kind kind = item.type_of(v).kind;
      column.right = column.right || kind == types::Kind::floating || kind == types::Kind::integer;
      column.cells.push_back(cell(item, v));
    }
    columns.push_back(std::move(column));
  }
  Column channels{.name = "channels", .cells = {}};
  for (const auto& item : page.items) channels.cells.push_back(channels_text(item));
  columns.push_back(std::move(channels));
  return columns;
}

constexpr size_t kWidestCell = 40;

}  // namespace

std::string page_table(const Page& page, const store::Generation& generation, size_t width) {
  const std::vector<Column> columns = columns_of(page, generation);
  std::vector<size_t> widths;
  for (const Column& column : columns) {
    size_t widest = length(column.name);
    for (const auto& text : column.cells) widest = std::max(widest, length(text));
    widths.push_back(&column == &columns.back() ? widest : std::min(widest, kWidestCell));
  }
  std::string out;
  const auto add_line = [&](auto text_of) {
    std::string line;
    for (size_t c = 0; c < columns.size(); ++c) {
      const std::string text = clipped(text_of(columns[c]), widths[c]);
      const std::string fill(widths[c] - length(text), ' ');
      line += (c == 0 ? "" : "  ") + (columns[c].right ? fill + text : text + fill);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += (width == 0 ? line : clipped(line, width)) + '\n';
  };
  add_line([](const Column& column) { return column.name; });
  for (size_t i = 0; i < page.items.size(); ++i) add_line([&](const Column& column) { return column.cells[i]; });
  if (page.items.empty()) out += "(no items)\n";
  for (const auto& degraded : page.degraded) out += fmt::format("degraded: {}: {}\n", degraded.what, degraded.reason);
  return out;
}

}  // namespace rec::engine
