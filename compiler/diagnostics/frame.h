// A code frame: the lines of one file that a diagnostic points at, with marks under them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace rec::diagnostics {

/// ANSI colours, or none.
class Paint {
 public:
  Paint(bool on, bool error) : on_(on), error_(error) {}
  std::string primary(std::string_view text) const { return wrap(error_ ? "\x1b[1;31m" : "\x1b[1;33m", text); }
  std::string strong(std::string_view text) const { return wrap("\x1b[1m", text); }
  std::string faint(std::string_view text) const { return wrap("\x1b[34m", text); }

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
  bool on_;
  bool error_;
};

struct FrameLabel {
  source::Span span;
  std::string text;
  bool primary = false;
};

/// The digits of the largest line number that the frame of these labels shows.
size_t gutter_width(const std::vector<FrameLabel>& labels, const source::File& file);

/// The frame of the labels, which all lie in `file`, headed by the place of the first. `first`: the diagnostic's own
/// file
/// (`-->`), else another one (`:::`).
std::string render_frame(const std::vector<FrameLabel>& labels, const source::File& file, bool first, size_t gutter,
                         const Paint& paint);

}  // namespace rec::diagnostics
