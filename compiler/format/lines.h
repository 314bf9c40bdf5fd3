// Lines of a formatted file before they are text: pieces, and where they line up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/syntax/layout.h"

namespace rec::format {

struct Piece {
  std::string text;
  bool space = false;  // before it
  uint8_t cell = 0;
  bool opens = false, closes = false;
  size_t padding = 0;  // further spaces before it
};

struct Line {
  size_t depth = 0;        // of blocks
  bool continues = false;  // the element of the line before
  bool blank_before = false;
  syntax::Element kind = syntax::Element::none;  // what begins here
  std::vector<Piece> pieces{};
  std::string comment{};  // at its end
};

/// Pads the cells of lines that follow each other and are of one kind.
void align(std::vector<Line>& lines);

/// The text. Lines that continue an element are indented by one step more than it, or, within a bracket that has
/// something behind it on its line, to that column.
std::string to_text(const std::vector<Line>& lines);

}  // namespace rec::format
