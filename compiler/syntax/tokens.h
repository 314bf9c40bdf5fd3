// The tokens of a file as the stages of parsing hand them on: lexed once, mended where something is wrong, then parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace rec::syntax {

struct Token {
  size_t type = 0;  // RecLexer's
  uint32_t begin = 0;
  uint32_t end = 0;
  bool bad = false;         // an error has been reported here: nothing more is said about it
  bool line_start = false;  // the first token of its line
};

/// The doc comment above the token that begins at byte `before`.
struct Doc {
  uint32_t before;
  std::string text;
};

struct TokenList {
  const source::File* source = nullptr;
  source::FileId file = source::kNoFile;
  std::vector<Token> tokens;  // the last is the end of the file
  std::vector<Doc> docs;      // ascending
  bool cut = false;           // an open comment ate the rest of the file

  source::Span span(const Token& token) const { return {file, token.begin, token.end}; }
  source::Span span(size_t index) const { return span(tokens[index]); }
  std::string_view text(const Token& token) const {
    return std::string_view(source->text).substr(token.begin, token.end - token.begin);
  }
  std::string_view text(size_t index) const { return text(tokens[index]); }
  /// How far the line of a token is indented, in code points.
  uint32_t indentation(const Token& token) const;
};

/// The tokens of the bytes `where`. Doc comments are taken out of them.
TokenList lex(source::Span where, const source::Sources& sources);

/// Decides which words are names because of where they stand: after `.` and `as`, before `:`. `by_lines`: a reserved
/// word on the line below a dot is taken as the next step of an unfinished line, for a file that makes no sense
/// otherwise.
void settle_words(TokenList& list, bool by_lines);

bool is_reserved(size_t type);
/// Reserved or not, a word.
bool is_word(size_t type);
bool is_literal(size_t type);
/// The words that begin a step, and those that begin a declaration.
bool is_step_word(size_t type);
bool is_declaration_word(size_t type);
/// Whether an expression can end with this token; whether one can begin with it.
bool ends_operand(size_t type);
bool begins_operand(size_t type);
/// The type of a keyword with this text; 0 for other texts.
size_t keyword_type(std::string_view text);

}  // namespace rec::syntax
