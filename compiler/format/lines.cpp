// Alignment and indentation.
#include "compiler/format/lines.h"

#include <algorithm>
#include <optional>
#include <span>

namespace rec::format {
namespace {

using syntax::Element;

constexpr size_t kIndent = 2;
constexpr size_t kAlignWithin = 90;  // columns; longer lines stay out of it, so that they push nobody
constexpr uint8_t kCells = 3;

size_t width(const std::string& text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<uint8_t>(c) & 0xC0U) != 0x80U; }));
}

/// The columns before a line's cell; nothing where it has none.
std::optional<size_t> columns_before(const Line& line, uint8_t cell) {
  size_t columns = 0;
  for (const Piece& piece : line.pieces) {
    if (piece.cell == cell) return columns;
    columns += width(piece.text) + piece.padding + (piece.space ? 1 : 0);
  }
  return {};
}

bool aligns(Element kind) {
  return kind == Element::param || kind == Element::let || kind == Element::score || kind == Element::channel ||
         kind == Element::rule;
}

void align_run(std::span<Line> run) {
  for (uint8_t cell = 1; cell <= kCells; ++cell) {
    size_t widest = 0;
    for (const Line& line : run) {
      const auto before = columns_before(line, cell);
      if (before && *before <= kAlignWithin) widest = std::max(widest, *before);
    }
    for (Line& line : run) {
      const auto before = columns_before(line, cell);
      if (!before || *before > widest) continue;
      std::ranges::find(line.pieces, cell, &Piece::cell)->padding = widest - *before;
    }
  }
}

}  // namespace

void align(std::vector<Line>& lines) {
  const auto whole = [&](size_t i) { return i + 1 == lines.size() || !lines[i + 1].continues; };
  for (size_t i = 0; i < lines.size();) {
    size_t end = i + 1;
    if (aligns(lines[i].kind) && whole(i)) {
      while (end < lines.size() && lines[end].kind == lines[i].kind && lines[end].depth == lines[i].depth &&
             !lines[end].blank_before && whole(end))
        ++end;
      align_run(std::span(lines).subspan(i, end - i));
    }
    i = end;
  }
}

std::string to_text(const std::vector<Line>& lines) {
  struct Open {
    size_t column, line_indent;
    bool last;
  };
  std::vector<Open> open;
  std::string out;
  for (const Line& line : lines) {
    size_t indent = line.depth * kIndent;
    if (!line.continues) open.clear();
    if (line.continues) {
      const bool closing = !line.pieces.empty() && line.pieces.front().closes;
      if (open.empty()) {
        indent += kIndent;
      } else if (open.back().last) {
        indent = open.back().line_indent + (closing ? 0 : kIndent);
      } else {
        indent = open.back().column - (closing ? 1 : 0);
      }
    }
    if (line.blank_before) out += '\n';
    size_t column = indent;
    out.append(indent, ' ');
    for (size_t i = 0; i < line.pieces.size(); ++i) {
      const Piece& piece = line.pieces[i];
      const size_t spaces = i == 0 ? 0 : piece.padding + (piece.space ? 1 : 0);
      out.append(spaces, ' ');
      out += piece.text;
      column += spaces + width(piece.text);
      const bool braces = piece.text == "{";
      if (piece.opens) open.push_back({column + (braces ? 1 : 0), indent, i + 1 == line.pieces.size()});
      if (piece.closes && !open.empty()) open.pop_back();
    }
    if (!line.comment.empty()) out += "  " + line.comment;
    out += '\n';
  }
  return out;
}

}  // namespace rec::format
