// Tokens to lines.
#include "compiler/format/format.h"

#include <algorithm>
#include <utility>

#include "compiler/format/comments.h"
#include "compiler/format/lines.h"
#include "compiler/syntax/layout.h"

namespace rec::format {
namespace {

using syntax::Brace;
using syntax::Element;
using syntax::LaidToken;

class Writer {
 public:
  Writer(std::string_view text, const std::vector<LaidToken>& tokens) : text_(text), tokens_(tokens) {}

  std::vector<Line> run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      const uint32_t before = at_ == 0 ? 0 : tokens_[at_ - 1].end;
      auto gap_text = text_.substr(before, tokens_[at_].begin - before);
      if (at_ == 0 && gap_text.starts_with("\xEF\xBB\xBF")) gap_text.remove_prefix(3);
      gap(read_gap(gap_text));
      token();
    }
    return std::move(lines_);
  }

 private:
  const LaidToken& next() const { return tokens_[at_]; }
  const LaidToken* last() const { return at_ == 0 ? nullptr : &tokens_[at_ - 1]; }
  bool at_end() const { return at_ + 1 == tokens_.size(); }

  /// What comes now is no part of the element that is being written.
  bool element_ends() const {
    return at_end() || (next().begins != Element::none && !inlined()) || next().block == Brace::close ||
           (last() != nullptr && last()->block == Brace::open);
  }
  bool inlined() const { return !inline_.empty() && inline_.back(); }

  // ---- the gap before a token ----

  void gap(const Gap& gap) {
    forced_ = false;
    blank_ = false;
    const bool blank_somewhere =
        gap.blank_before || std::ranges::any_of(gap.comments, [](const Comment& c) { return c.blank_before; });
    bool want_blank = needs_blank() && !blank_somewhere;
    for (size_t i = 0; i < gap.comments.size(); ++i) {
      const Comment& comment = gap.comments[i];
      const Comment* following = i + 1 < gap.comments.size() ? &gap.comments[i + 1] : nullptr;
      const bool breaks_after =
          comment.to_line_end ||
          (following != nullptr ? !following->same_line || has_many_lines(*following) : gap.breaks);
      if (comment.same_line && !forced_ && !lines_.empty() && !has_many_lines(comment)) {
        if (breaks_after || element_ends()) {
          lines_.back().comment += (lines_.back().comment.empty() ? "" : " ") + comment.text;
          trailing_ = true;
        } else {
          lines_.back().pieces.push_back({.text = comment.text, .space = true});
          trailing_ = false;
        }
        forced_ = breaks_after || forced_;
        continue;
      }
      const bool first = lines_.empty() || opened();
      lines_.push_back({.depth = depth_,
                        .continues = !element_ends() && !lines_.empty(),
                        .blank_before = !first && (comment.blank_before || want_blank) && may_be_blank(),
                        .pieces = {{.text = comment.text}}});
      want_blank = false;
      after_comment_ = forced_ = true;
    }
    blank_ = (gap.blank_before || want_blank) && may_be_blank() && !lines_.empty() && !opened();
    forced_ = forced_ || gap.breaks;
  }

  static bool has_many_lines(const Comment& comment) { return comment.text.find('\n') != std::string::npos; }
  /// Blank lines stand between elements only, and not at the edges of a block.
  bool may_be_blank() const { return at_end() || next().begins != Element::none || next().block == Brace::close; }
  /// Nothing has been written into the block that is open.
  bool opened() const { return last() != nullptr && last()->block == Brace::open && !after_comment_; }

  /// Declarations stand apart, but for one-liners of a kind.
  bool needs_blank() const {
    const Element kind = next().begins;
    if (at_ == 0 || depth_ > 0) return false;
    if (kind == Element::pipeline || kind == Element::test) return true;
    return (kind == Element::import || kind == Element::param || kind == Element::fn) && kind != declaration_;
  }

  // ---- the token ----

  void token() {
    const LaidToken& token = next();
    if (at_end()) return;
    const bool closes_inline = token.block == Brace::close && inlined();
    const bool empty = token.block == Brace::close && last()->block == Brace::open && !after_comment_;
    if (token.block == Brace::close) {
      --depth_;
      inline_.pop_back();
    }
    if (starts_line(closes_inline || empty)) {
      const bool begins = token.begins != Element::none || token.block == Brace::close;
      lines_.push_back({.depth = depth_,
                        .continues = !begins,
                        .blank_before = blank_ && token.block != Brace::close,
                        .kind = token.begins});
      owner_line_ = begins;
    }
    add_piece(token, empty);
    if (token.begins == Element::import || token.begins == Element::param || token.begins == Element::fn ||
        token.begins == Element::pipeline || token.begins == Element::test)
      declaration_ = token.begins;
    if (token.block == Brace::open) {
      ++depth_;
      inline_.push_back(stays_on_line());
    }
    after_comment_ = trailing_ = false;
  }

  bool starts_line(bool closes_here) const {
    if (lines_.empty()) return true;
    const bool comment_ended_line = after_comment_ || trailing_;
    if (comment_ended_line) return true;
    if (closes_here) return false;
    if (next().block == Brace::open) return false;
    if (next().joins && last()->block == Brace::close) return false;
    if (next().block == Brace::close) return true;
    if (next().begins != Element::none || last()->block == Brace::open) return !inlined();
    return forced_;
  }

  void add_piece(const LaidToken& token, bool empty) {
    Line& line = lines_.back();
    const bool opens_braces = last() != nullptr && last()->opens && text_[last()->begin] == '{';
    const bool tight =
        token.tight_before || (last() != nullptr && last()->tight_after) || empty || (opens_braces && token.closes);
    // Cells are those of the element that begins the line, not of one in a block on it.
    const bool owns = owner_line_ && !inlined();
    line.pieces.push_back({.text = std::string(text_.substr(token.begin, token.end - token.begin)),
                           .space = !tight,
                           .cell = owns ? token.cell : static_cast<uint8_t>(0),
                           .opens = token.opens,
                           .closes = token.closes});
    if (token.block == Brace::open) owner_line_ = false;
  }

  /// A block stays on the line of its braces where it was written so and holds one element at most, without comments.
  bool stays_on_line() const {
    if (next().keeps_block_open) return false;
    size_t depth = 0, elements = 0, end = at_;
    do {
      if (tokens_[end].block == Brace::open) ++depth;
      if (tokens_[end].block == Brace::close) --depth;
      if (tokens_[end].begins != Element::none) ++elements;
      ++end;
    } while (depth > 0);
    const auto inside = text_.substr(next().begin, tokens_[end - 1].end - next().begin);
    if (elements > 1 || inside.find('\n') != std::string_view::npos) return false;
    for (size_t i = at_ + 1; i < end; ++i) {
      const auto between = text_.substr(tokens_[i - 1].end, tokens_[i].begin - tokens_[i - 1].end);
      if (between.find('/') != std::string_view::npos) return false;
    }
    return true;
  }

  std::string_view text_;
  const std::vector<LaidToken>& tokens_;
  size_t at_ = 0, depth_ = 0;
  std::vector<bool> inline_;  // of each open block
  std::vector<Line> lines_;
  Element declaration_ = Element::none;  // the last one
  bool forced_ = false, blank_ = false, owner_line_ = false;
  bool after_comment_ = false;  // the last line is a comment
  bool trailing_ = false;       // the last line ends with a comment
};

}  // namespace

std::optional<std::string> format(source::FileId file, const source::Sources& sources,
                                  diagnostics::Diagnostics& diagnostics) {
  const auto tokens = syntax::lay_out(file, sources, diagnostics);
  if (!tokens) return {};
  auto lines = Writer(sources.file(file).text, *tokens).run();
  align(lines);
  return to_text(lines);
}

}  // namespace rec::format
