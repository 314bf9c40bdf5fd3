// Taking apart what stands between two tokens.
#include "compiler/format/comments.h"

#include <algorithm>

namespace rec::format {
namespace {

std::string trimmed(std::string_view text) {
  std::string out;
  for (size_t at = 0; at <= text.size();) {  // each line of a block comment
    const size_t end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    if (at > 0) out += '\n';
    out += line.substr(0, line.find_last_not_of(" \t\r") + 1);
    at = end + 1;
  }
  return out;
}

}  // namespace

Gap read_gap(std::string_view text) {
  Gap gap;
  size_t lines = 0;  // breaks since the last token or comment
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '/') {
      lines += text[at] == '\n' ? 1 : 0;
      ++at;
      continue;
    }
    const bool line = text.substr(at, 2) == "//";
    const size_t end = line ? std::min(text.find('\n', at), text.size()) : text.find("*/", at + 2) + 2;
    gap.comments.push_back({.text = trimmed(text.substr(at, end - at)),
                            .same_line = lines == 0,
                            .blank_before = lines > 1,
                            .to_line_end = line});
    lines = 0;
    at = end;
  }
  gap.breaks = lines > 0;
  gap.blank_before = lines > 1;
  return gap;
}

}  // namespace rec::format
