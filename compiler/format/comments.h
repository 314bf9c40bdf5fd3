// What stands between two tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rec::format {

struct Comment {
  std::string text;           // without spaces at its end
  bool same_line = false;     // as what stands before it
  bool blank_before = false;  // an empty line before it
  bool to_line_end = false;   // `//`: whatever follows is on another line
};

struct Gap {
  std::vector<Comment> comments;
  bool breaks = false;        // a line break right before the next token
  bool blank_before = false;  // an empty line right before it
};

/// `text`: spaces and comments only.
Gap read_gap(std::string_view text);

}  // namespace rec::format
