// What kinds of tokens there are, and which words are names because of where they stand.
#include <algorithm>
#include <initializer_list>
#include <map>

#include "compiler/syntax/generated.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {
namespace {

bool one_of(size_t type, std::initializer_list<size_t> types) {
  return std::ranges::find(types, type) != types.end();
}

std::map<std::string, size_t, std::less<>> make_keywords() {
  std::map<std::string, size_t, std::less<>> keywords;
  antlr4::ANTLRInputStream nothing{std::string()};
  const RecLexer lexer(&nothing);
  for (size_t type = RecLexer::IMPORT; type <= RecLexer::WITHIN; ++type) {
    const std::string quoted = lexer.getVocabulary().getLiteralName(type);
    keywords.emplace(quoted.substr(1, quoted.size() - 2), type);
  }
  return keywords;
}

}  // namespace

bool is_reserved(size_t type) {
  return RecLexer::IMPORT <= type && type <= RecLexer::FALSE;
}
bool is_word(size_t type) {
  return RecLexer::IMPORT <= type && type <= RecLexer::ID;
}
bool is_literal(size_t type) {
  return one_of(type, {RecLexer::INT, RecLexer::FLOAT, RecLexer::DURATION, RecLexer::STRING, RecLexer::TRUE,
                       RecLexer::FALSE, RecLexer::NONE});
}
bool is_step_word(size_t type) {
  return RecLexer::LET <= type && type <= RecLexer::DEADLINE && type != RecLexer::ELSE;
}
bool is_declaration_word(size_t type) {
  return RecLexer::IMPORT <= type && type <= RecLexer::TEST;
}
bool ends_operand(size_t type) {
  return is_literal(type) || type == RecLexer::CLOSE_PAREN || type == RecLexer::CLOSE_BRACKET ||
         (is_word(type) && !is_reserved(type));
}
bool begins_operand(size_t type) {
  return is_literal(type) || (is_word(type) && !is_reserved(type)) ||
         one_of(type, {RecLexer::OPEN_PAREN, RecLexer::OPEN_BRACKET, RecLexer::MINUS});
}

size_t keyword_type(std::string_view text) {
  static const auto kKeywords = make_keywords();
  const auto found = kKeywords.find(text);
  return found == kKeywords.end() ? 0 : found->second;
}

void settle_words(TokenList& list, bool by_lines) {
  auto& tokens = list.tokens;
  const auto type = [&](size_t i) { return i < tokens.size() ? tokens[i].type : size_t{antlr4::Token::EOF}; };
  for (size_t i = 0; i < tokens.size(); ++i) {
    const size_t before = i > 0 ? tokens[i - 1].type : size_t{antlr4::Token::EOF};
    const bool member = before == RecLexer::DOT && !(by_lines && tokens[i].line_start && is_reserved(type(i)));
    const bool label =
        type(i + 1) == RecLexer::COLON && one_of(before, {RecLexer::OPEN_PAREN, RecLexer::COMMA, RecLexer::OPEN_BRACE});
    const bool alias =
        before == RecLexer::AS && one_of(type(i + 1), {RecLexer::COMMA, RecLexer::CLOSE_BRACE, antlr4::Token::EOF});
    if (is_word(type(i)) && (member || label || alias)) tokens[i].type = RecLexer::ID;
    if (before == RecLexer::AT && type(i) == RecLexer::ID && list.text(i) == "random")
      tokens[i].type = RecLexer::AT_RANDOM;
    if (before == RecLexer::AT && type(i) == RecLexer::ID && list.text(i) == "column")
      tokens[i].type = RecLexer::AT_COLUMN;
  }
}

}  // namespace rec::syntax
