// The one file that sees yaml-cpp: its events become nodes with spans, its exceptions diagnostics.
#include "compiler/catalog/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>
#include <utility>

namespace rec::catalog {

using diagnostics::Code;
using diagnostics::Diagnostics;
using source::Span;

const Entry* Node::entry(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

namespace {

/// yaml-cpp ends a plain scalar within `{}` or `[]` at any `?`, YAML does not: `{age: int?}` is `int?`. So it is shown
/// this character, which no catalog contains, instead of each `?` that is no sign of a complex key.
constexpr char kQuestionMark = '\x01';

std::string hide_question_marks(std::string text) {
  const auto is_blank = [&](size_t i) {
    return i >= text.size() || std::string_view(" \t\r\n{[,").find(text[i]) != std::string_view::npos;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const bool stands_alone = (i == 0 || is_blank(i - 1)) && is_blank(i + 1);
    if (text[i] == '?' && !stands_alone) text[i] = kQuestionMark;
  }
  return text;
}

std::string show_question_marks(std::string text) {
  std::ranges::replace(text, kQuestionMark, '?');
  return text;
}

/// Thrown out of yaml-cpp's parser where going on makes no sense; the diagnostic is reported already.
struct Abandon {};

/// Builds the tree bottom up: open nodes on a stack, a closed one goes into the one below it.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(source::FileId file, std::string_view text, Diagnostics& diagnostics)
      : file_(file), text_(text), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) {
      unused(span_at(mark), "a second document", "a catalog is one document: remove the `---` and what follows it");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_properties(mark, "", anchor);
    // An empty value's mark is the next token; the key is the better place then.
    Node node;
    node.span = span_at(mark);
    if (!open_.empty() && open_.back().pending && node.span.begin >= text_.size())
      node.span = open_.back().pending->second;
    close(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    unused(span_at(mark), "an alias", "write the value out where the alias stands");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_properties(mark, tag, anchor);
    close(scalar(mark, show_question_marks(value)));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, Node::Kind::sequence);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, Node::Kind::mapping);
  }
  void OnMapEnd() override { end(); }

  std::optional<Node> take_root() { return std::move(root_); }

 private:
  struct Open {
    Node node;
    std::optional<std::pair<std::string, Span>> pending{};  // a mapping's key that waits for its value
    std::map<std::string, Span> keys{};
    bool skip_value = false;  // of a duplicate key
  };

  Span span(size_t begin, size_t length) const {
    const size_t first = std::min(begin, text_.size());
    return {file_, static_cast<uint32_t>(first), static_cast<uint32_t>(std::min(first + length, text_.size()))};
  }
  Span span_at(const YAML::Mark& mark) const { return span(offset(mark), 1); }
  size_t offset(const YAML::Mark& mark) const { return mark.pos < 0 ? 0 : static_cast<size_t>(mark.pos); }

  [[noreturn]] void unused(Span where, const std::string& what, const std::string& fix) {
    diagnostics_.error(Code::yaml_feature, where, what + " in the catalog").help.push_back(fix);
    throw Abandon{};
  }

  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) unused(span_at(mark), "an anchor", "write the value out in each place that needs it");
    if (!tag.empty() && tag != "?" && tag != "!") {
      unused(span_at(mark), fmt::format("the tag `{}`", tag), "remove it: the catalog's keys say what a value is");
    }
  }

  Node scalar(const YAML::Mark& mark, const std::string& value) const {
    size_t begin = offset(mark);
    const char first = begin < text_.size() ? text_[begin] : '\0';
    const bool quoted = first == '"' || first == '\'';
    if (quoted) ++begin;
    const bool verbatim = text_.substr(std::min(begin, text_.size()), value.size()) == value &&
                          (!quoted || text_.substr(std::min(begin + value.size(), text_.size())).starts_with(first));
    const size_t line_end = std::min(text_.find('\n', begin), text_.size());
    const size_t length = verbatim ? value.size() : std::max<size_t>(line_end - std::min(begin, line_end), 1);
    return {.kind = Node::Kind::scalar,
            .span = span(begin, length),
            .text = value,
            .verbatim = verbatim,
            .items = {},
            .entries = {}};
  }

  void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    check_properties(mark, tag, anchor);
    if (open_.size() >= kMaxDepth) {
      diagnostics_.error(Code::catalog_too_large, span_at(mark), fmt::format("nested more than {} deep", kMaxDepth));
      throw Abandon{};
    }
    if (kind == Node::Kind::sequence || kind == Node::Kind::mapping) refuse_as_key(span_at(mark));
    open_.push_back({.node = {.kind = kind, .span = span_at(mark), .items = {}, .entries = {}}});
  }

  void end() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    close(std::move(node));
  }

  void refuse_as_key(Span where) {
    if (open_.empty() || open_.back().node.kind != Node::Kind::mapping || open_.back().pending) return;
    unused(where, "a key that is a list or a mapping",
           "keys are names; a `{` that begins an expression needs quotes around it");
  }

  void close(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.pending) {
      add_key(parent, std::move(node));
    } else {
      auto [key, key_span] = *std::exchange(parent.pending, std::nullopt);
      if (std::exchange(parent.skip_value, false)) return;
      parent.node.entries.push_back({std::move(key), key_span, std::move(node)});
    }
  }

  void add_key(Open& parent, Node key) {
    const std::string name = key.kind == Node::Kind::null ? std::string("null") : key.text;
    const auto [first, is_new] = parent.keys.emplace(name, key.span);
    parent.pending = {name, key.span};
    parent.skip_value = !is_new;
    if (is_new) return;
    auto& report = diagnostics_.error(Code::duplicate_catalog_key, key.span,
                                      fmt::format("`{}` is written twice in one mapping", name));
    report.secondary.push_back({first->second, "first here"});
  }

  source::FileId file_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  int documents_ = 0;
  std::vector<Open> open_;
  std::optional<Node> root_;
};

/// yaml-cpp takes control characters for ends and blanks of its own; YAML forbids them anyway.
bool check_characters(source::FileId file, std::string_view text, Diagnostics& diagnostics) {
  if (const size_t bad = source::find_invalid_utf8(text); bad != std::string_view::npos) {
    const auto at = static_cast<uint32_t>(bad);
    diagnostics.error(Code::catalog_unreadable, {file, at, at}, "the catalog is not UTF-8 from here on");
    return false;
  }
  const auto control = std::ranges::find_if(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
  });
  if (control == text.end()) return true;
  const auto at = static_cast<uint32_t>(control - text.begin());
  diagnostics.error(
      Code::yaml_syntax, {file, at, at + 1},
      fmt::format("the control character U+{:04X}, which YAML does not allow", static_cast<unsigned>(*control)));
  return false;
}

/// yaml-cpp's words, where they help, in ours.
std::string hint_for(std::string_view message) {
  if (message.find("end of map not found") != std::string_view::npos)
    return "is the line indented like the ones around it?";
  if (message.find("illegal map value") != std::string_view::npos)
    return "a value that contains `: ` needs quotes around it";
  if (message.find("end of map flow") != std::string_view::npos)
    return "a `{` is open: close it with `}`, values with `,` or `}` in quotes";
  if (message.find("end of sequence flow") != std::string_view::npos) return "a `[` is open: close it with `]`";
  return {};
}

}  // namespace

std::optional<Node> parse_yaml(source::FileId file, const source::Sources& sources, Diagnostics& diagnostics) {
  const std::string& text = sources.file(file).text;
  if (text.size() > kMaxCatalogBytes) {
    diagnostics.error(Code::catalog_too_large, {file, 0, 0}, "the catalog is larger than 4 MiB");
    return std::nullopt;
  }
  if (!check_characters(file, text, diagnostics)) return std::nullopt;
  TreeBuilder builder(file, text, diagnostics);
  try {
    std::istringstream stream(hide_question_marks(text));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const Abandon&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    const size_t at = std::min(error.mark.pos < 0 ? text.size() : static_cast<size_t>(error.mark.pos), text.size());
    const Span span{file, static_cast<uint32_t>(at), static_cast<uint32_t>(std::min(at + 1, text.size()))};
    std::string message = error.msg;
    if (!message.empty()) message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
    auto& report = diagnostics.error(Code::yaml_syntax, span, "this is not YAML: " + message);
    if (std::string hint = hint_for(message); !hint.empty()) report.help.push_back(std::move(hint));
    return std::nullopt;
  }
}

}  // namespace rec::catalog
