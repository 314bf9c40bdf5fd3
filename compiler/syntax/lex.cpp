// Text to tokens, by the generated lexer; positions become bytes of the file, doc comments are set aside.
#include <algorithm>

#include "compiler/syntax/generated.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The byte at which each code point of the text begins, and its end; empty where every byte is a code point.
std::vector<uint32_t> code_point_offsets(std::string_view text) {
  const auto wide = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  if (std::ranges::none_of(text, wide)) return {};
  std::vector<uint32_t> offsets;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u) offsets.push_back(static_cast<uint32_t>(i));
  }
  offsets.push_back(static_cast<uint32_t>(text.size()));
  return offsets;
}

// "/// text" without its slashes and the space behind them.
std::string_view doc_line(std::string_view text) {
  text.remove_prefix(3);
  if (text.starts_with(' ')) text.remove_prefix(1);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

void add_token(TokenList& list, Token token, std::string& doc, bool& has_doc) {
  if (token.type == RecLexer::DOC) {
    if (has_doc) doc += '\n';
    doc += doc_line(list.text(token));
    has_doc = true;
    return;
  }
  if (has_doc) list.docs.push_back({token.begin, std::move(doc)});
  doc.clear();
  has_doc = false;
  const uint32_t after = list.tokens.empty() ? 0 : list.tokens.back().end;
  const auto between = std::string_view(list.source->text).substr(after, token.begin - after);
  token.line_start = list.tokens.empty() || between.find('\n') != std::string_view::npos;
  list.tokens.push_back(token);
}

}  // namespace

uint32_t TokenList::indentation(const Token& token) const {
  const auto line = source->line(source->locate(token.begin).line);
  const size_t first = line.find_first_not_of(" \t");
  return static_cast<uint32_t>(first == std::string_view::npos ? 0 : first);
}

TokenList lex(source::Span where, const source::Sources& sources) {
  TokenList list;
  list.source = &sources.file(where.file);
  list.file = where.file;
  uint32_t base = where.begin;
  auto text = std::string_view(list.source->text).substr(base, where.end - base);
  if (text.starts_with(kByteOrderMark)) {  // the input stream would drop it, and shift every place
    text.remove_prefix(kByteOrderMark.size());
    base += static_cast<uint32_t>(kByteOrderMark.size());
  }
  const auto offsets = code_point_offsets(text);
  const auto byte = [&](size_t point) {
    return base + (offsets.empty() ? static_cast<uint32_t>(point) : offsets[point]);
  };

  antlr4::ANTLRInputStream input{std::string(text)};
  RecLexer lexer(&input);
  lexer.removeErrorListeners();
  std::string doc;
  bool has_doc = false;
  for (const auto& token : lexer.getAllTokens()) {
    add_token(list,
              {.type = token->getType(), .begin = byte(token->getStartIndex()), .end = byte(token->getStopIndex() + 1)},
              doc, has_doc);
  }
  add_token(list, {.type = antlr4::Token::EOF, .begin = where.end, .end = where.end}, doc, has_doc);
  return list;
}

}  // namespace rec::syntax
