// Reading scalars and mappings with a report for every way in which they can be wrong.
#include "compiler/catalog/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/types/text.h"

namespace rec::catalog {

using diagnostics::Code;

std::string_view kind_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "empty";
    case Node::Kind::scalar:
      return "a single value";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
  }
  return "";
}

std::string list_text(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text.append("`").append(names[i]).append("`");
  }
  return text;
}

diagnostics::Diagnostic& wrong_form(const Node& node, Span where, const std::string& what, std::string_view needed,
                                    Context& context) {
  const Span span = node.kind == Node::Kind::null ? where : node.span;
  return context.diagnostics.error(Code::wrong_form, span,
                                   fmt::format("{} is {}; {} is needed", what, kind_text(node), needed));
}

Fields::Fields(const Entry& entry, std::string what, Context& context)
    : node_(&entry.value),
      span_(entry.key_span),
      what_(std::move(what)),
      context_(context),
      valid_(entry.value.kind == Node::Kind::mapping) {
  if (!valid_) wrong_form(entry.value, entry.key_span, what_, "a mapping", context);
}

const Entry* Fields::take(std::string_view key) {
  known_.emplace_back(key);
  return valid_ ? node_->entry(key) : nullptr;
}

const Entry* Fields::need(std::string_view key, std::string_view example) {
  const Entry* entry = take(key);
  if (entry == nullptr && valid_) {
    context_.diagnostics.error(Code::missing_catalog_key, span_, fmt::format("{} has no `{}`", what_, key))
        .help.push_back(fmt::format("write it like `{}`", example));
  }
  return entry;
}

void Fields::finish() {
  if (!valid_) return;
  for (const Entry& entry : node_->entries) {
    if (std::ranges::find(known_, entry.key) != known_.end()) continue;
    auto& report = context_.diagnostics.error(Code::unknown_catalog_key, entry.key_span,
                                              fmt::format("{} has no key `{}`", what_, entry.key));
    if (auto hint = diagnostics::did_you_mean(entry.key, known_); !hint.empty()) {
      report.help.push_back(std::move(hint));
    } else {
      report.notes.push_back("its keys are " + list_text(known_));
    }
  }
}

const std::vector<Entry>& named_entries(const Entry& section, Context& context) {
  static const std::vector<Entry> kNone;
  if (section.value.kind == Node::Kind::null) return kNone;
  if (section.value.kind != Node::Kind::mapping) {
    wrong_form(section.value, section.key_span, fmt::format("`{}`", section.key), "a mapping from names", context);
    return kNone;
  }
  return section.value.entries;
}

bool is_identifier(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && is_letter(text[0]) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool check_name(std::string_view name, Span span, Context& context) {
  if (is_identifier(name)) return true;
  context.diagnostics.error(Code::bad_catalog_name, span, fmt::format("`{}` is no name", name))
      .help.push_back(
          "names are letters, digits and `_`, and do not begin with a digit; of a column, `from:` gives the raw file's "
          "name");
  return false;
}

std::optional<std::string> read_text(const Entry& entry, Context& context) {
  if (entry.value.kind == Node::Kind::scalar && !entry.value.text.empty()) return entry.value.text;
  if (entry.value.kind == Node::Kind::scalar) {
    context.diagnostics.error(Code::wrong_form, entry.key_span,
                              fmt::format("`{}` is empty; a single value is needed", entry.key));
  } else {
    wrong_form(entry.value, entry.key_span, fmt::format("`{}`", entry.key), "a single value", context);
  }
  return std::nullopt;
}

std::optional<std::vector<const Node*>> read_list(const Entry& entry, Context& context) {
  if (entry.value.kind != Node::Kind::sequence) {
    auto& report = wrong_form(entry.value, entry.key_span, fmt::format("`{}`", entry.key), "a list of names", context);
    if (entry.value.kind == Node::Kind::scalar)
      report.help.push_back(fmt::format("`{}: [{}]`", entry.key, entry.value.text));
    return std::nullopt;
  }
  std::vector<const Node*> nodes;
  for (const Node& item : entry.value.items) {
    if (item.kind == Node::Kind::scalar) {
      nodes.push_back(&item);
    } else {
      wrong_form(item, entry.key_span, fmt::format("an element of `{}`", entry.key), "a name", context);
    }
  }
  return nodes;
}

std::optional<std::string> read_path(const Entry& entry, Context& context) {
  const auto text = read_text(entry, context);
  if (!text) return std::nullopt;
  const std::filesystem::path path(*text);
  const std::filesystem::path normal = path.lexically_normal();
  const bool leaves = !normal.empty() && *normal.begin() == "..";
  if (!path.is_absolute() && !leaves) return text;
  context.diagnostics
      .error(Code::unsafe_path, entry.value.span,
             fmt::format("`{}` {}", *text, leaves ? "leaves the data directory" : "is an absolute path"))
      .help.push_back("paths are relative to the catalog and stay in its directory: move or link the file there");
  return std::nullopt;
}

std::optional<int64_t> read_count(const Entry& entry, int64_t low, int64_t high, Context& context) {
  const auto text = read_text(entry, context);
  if (!text) return std::nullopt;
  const auto value = types::parse_int(*text);
  if (value && *value >= low && *value <= high) return value;
  context.diagnostics.error(
      Code::bad_catalog_number, entry.value.span,
      fmt::format("`{}` is {}; a whole number from {} to {} is needed", entry.key, *text, low, high));
  return std::nullopt;
}

std::optional<int64_t> read_duration(const Entry& entry, Context& context) {
  const auto text = read_text(entry, context);
  if (!text) return std::nullopt;
  const auto value = types::parse_duration(*text);
  if (value && *value > 0) return value;
  auto& report =
      context.diagnostics.error(Code::bad_catalog_duration, entry.value.span,
                                fmt::format("`{}` is {}, which is no duration above zero", entry.key, *text));
  report.help.push_back("durations are a number and one unit: `500us`, `80ms`, `10s`, `5m`, `1.5h`, `30d`");
  return std::nullopt;
}

std::optional<size_t> read_choice(const Entry& entry, const std::vector<std::string>& choices, Context& context) {
  const auto text = read_text(entry, context);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(choices, *text);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  auto& report = context.diagnostics.error(Code::unknown_catalog_word, entry.value.span,
                                           fmt::format("`{}` is no value of `{}`", *text, entry.key));
  report.notes.push_back("its values are " + list_text(choices));
  if (auto hint = diagnostics::did_you_mean(*text, choices); !hint.empty()) report.help.push_back(std::move(hint));
  return std::nullopt;
}

std::optional<Expression> read_expression(const std::string& key, const Node& node, Span key_span, Context& context) {
  if (node.kind != Node::Kind::scalar || node.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    auto& report = context.diagnostics.error(Code::wrong_form, node.kind == Node::Kind::scalar ? key_span : node.span,
                                             fmt::format("`{}` is {}; an expression is needed", key,
                                                         node.kind == Node::Kind::scalar ? "empty" : kind_text(node)));
    if (node.kind == Node::Kind::null) report.primary.span = key_span;
    if (node.kind == Node::Kind::mapping || node.kind == Node::Kind::sequence) {
      report.help.push_back(
          "an expression that begins with `[` or `{`, or contains `: ` or ` #`, needs quotes around it");
    }
    return std::nullopt;
  }
  if (node.verbatim) return Expression{node.text, node.span};
  // YAML changed the text (escapes, folded lines): offsets in the catalog would be wrong, so the expression is a file
  // of its own.
  const source::File& catalog = context.sources.file(node.span.file);
  const std::string name = fmt::format("{}:{} ({})", catalog.path, catalog.locate(node.span.begin).line, key);
  const source::FileId file = context.sources.add(name, node.text);
  return Expression{node.text, {file, 0, static_cast<uint32_t>(node.text.size())}};
}

}  // namespace rec::catalog
