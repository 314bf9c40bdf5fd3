// Drawing code frames: marks are placed by code points, tabs become four spaces, very long lines are cut around the
// mark.
#include "compiler/diagnostics/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace rec::diagnostics {
namespace {

constexpr std::string_view kTab = "    ";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr size_t kWidest = 160;  // cells of a line that are shown
constexpr size_t kBefore = 60;   // cells kept before the mark where a line is cut

// A stretch under one line: code points [begin, end), from 0.
struct Mark {
  uint32_t line;
  size_t begin, end;
  std::string text;
  bool primary;
  size_t order = 0;  // in which they were given
};

// A line as cells, one a code point (a tab: one cell that holds four spaces).
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0u) == 0x80u && !cells.empty()) {
      cells.back() += c;
    } else if (c == '\t') {
      cells.emplace_back(kTab);
    } else if (byte < 0x20 || byte == 0x7F) {
      cells.emplace_back(kReplacement);
    } else {
      cells.emplace_back(1, c);
    }
  }
  return cells;
}

size_t indentation(const std::vector<std::string>& cells) {
  const auto first = std::ranges::find_if(cells, [](const std::string& cell) { return cell != " " && cell != kTab; });
  return static_cast<size_t>(first - cells.begin());
}

// A span of several lines is marked on its first line to the end, and on its last line, which has the label's text.
void add_marks(const FrameLabel& label, const source::File& file, std::vector<Mark>& marks) {
  const auto begin = file.locate(label.span.begin);
  auto end = file.locate(std::max(label.span.end, label.span.begin));
  if (end.line > begin.line && end.column == 1) {  // ends right behind a line end
    end.line -= 1;
    end.column = static_cast<uint32_t>(cells_of(file.line(end.line)).size()) + 1;
  }
  if (begin.line == end.line) {
    const size_t from = begin.column - 1;
    marks.push_back({begin.line, from, std::max<size_t>(end.column - 1, from + 1), label.text, label.primary});
    return;
  }
  const size_t first_size = cells_of(file.line(begin.line)).size();
  marks.push_back({begin.line, begin.column - 1, std::max<size_t>(first_size, begin.column), "", label.primary});
  const size_t indent = indentation(cells_of(file.line(end.line)));
  const size_t to = end.column - 1;
  marks.push_back({end.line, std::min(indent, to - 1), to, label.text, label.primary});
}

std::vector<Mark> marks_of(const std::vector<FrameLabel>& labels, const source::File& file) {
  std::vector<Mark> marks;
  for (const FrameLabel& label : labels) add_marks(label, file, marks);
  for (size_t i = 0; i < marks.size(); ++i) marks[i].order = i;
  std::ranges::sort(marks, [](const Mark& a, const Mark& b) {
    return std::tie(a.line, a.begin, a.order) < std::tie(b.line, b.begin, b.order);
  });
  return marks;
}

// The cells of a line that are shown; `cut`: where the first of them stands in the line.
struct Window {
  size_t cut = 0;
  size_t size = 0;
  bool cut_left = false, cut_right = false;
};

Window window_for(size_t cells, size_t mark) {
  if (cells <= kWidest) return {0, cells, false, false};
  const size_t begin = mark > kBefore ? std::min(mark - kBefore, cells) : 0;
  const size_t size = std::min(kWidest, cells - begin);
  return {begin, size, begin > 0, begin + size < cells};
}

std::string draw_line(const std::vector<std::string>& cells, const Window& window) {
  std::string out = window.cut_left ? "…" : "";
  for (size_t i = 0; i < window.size; ++i) out += cells[window.cut + i];
  if (window.cut_right) out += "…";
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::string draw_mark(const Mark& mark, const std::vector<std::string>& cells, const Window& window,
                      const Paint& paint) {
  const auto wide = [&](size_t i) { return i < cells.size() && cells[i] == kTab ? kTab.size() : 1; };
  std::string space(window.cut_left ? 1 : 0, ' ');
  for (size_t i = window.cut; i < mark.begin; ++i) space.append(wide(i), ' ');
  std::string line;
  const size_t end = std::min(mark.end, std::max(mark.begin + 1, window.cut + window.size));
  for (size_t i = mark.begin; i < end; ++i) line.append(wide(i), mark.primary ? '^' : '-');
  if (!mark.text.empty()) line += " " + mark.text;
  return space + (mark.primary ? paint.primary(line) : paint.faint(line));
}

}  // namespace

std::string Paint::wrap(std::string_view code, std::string_view text) const {
  return on_ ? fmt::format("{}{}\x1b[0m", code, text) : std::string(text);
}

size_t gutter_width(const std::vector<FrameLabel>& labels, const source::File& file) {
  uint32_t last = 1;
  for (const Mark& mark : marks_of(labels, file)) last = std::max(last, mark.line);
  return std::to_string(last).size();
}

std::string render_frame(const std::vector<FrameLabel>& labels, const source::File& file, bool first, size_t gutter,
                         const Paint& paint) {
  const std::string margin(gutter, ' ');
  const auto place = file.locate(labels.front().span.begin);
  std::string out = paint.faint(margin + (first ? "--> " : "::: "));
  out += fmt::format("{}:{}:{}\n", file.path, place.line, place.column);
  out += paint.faint(margin + " |") + "\n";

  uint32_t shown = 0;
  std::vector<std::string> cells;
  Window window;
  for (const Mark& mark : marks_of(labels, file)) {
    if (mark.line != shown) {
      if (shown != 0 && mark.line == shown + 2) {
        const auto between = cells_of(file.line(shown + 1));
        const std::string text = draw_line(between, window_for(between.size(), 0));
        out += paint.faint(fmt::format("{:>{}} |", shown + 1, gutter)) + (text.empty() ? "" : " ") + text + "\n";
      } else if (shown != 0 && mark.line > shown + 2) {
        out += "...\n";
      }
      cells = cells_of(file.line(mark.line));
      window = window_for(cells.size(), mark.begin);
      const std::string text = draw_line(cells, window);
      out += paint.faint(fmt::format("{:>{}} |", mark.line, gutter)) + (text.empty() ? "" : " ") + text + "\n";
      shown = mark.line;
    }
    out += paint.faint(margin + " |") + " " + draw_mark(mark, cells, window, paint) + "\n";
  }
  return out;
}

}  // namespace rec::diagnostics
