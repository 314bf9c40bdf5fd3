// Putting sets of tokens into words: whole classes first (an expression, a name), what is left by its spelling.
#include "compiler/syntax/expected.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace rec::syntax {
namespace {

constexpr size_t kMostNamed = 6;

std::string join_or(const std::vector<std::string>& parts) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " or " : ", ";
    out += parts[i];
  }
  return out;
}

std::string spelling(size_t type) {
  if (type == RecLexer::STRING) return "a string";
  if (type == RecLexer::INT) return "a number";
  if (type == antlr4::Token::EOF) return "the end of the file";
  antlr4::ANTLRInputStream nothing{std::string()};
  const std::string quoted = RecLexer(&nothing).getVocabulary().getLiteralName(type);
  return quoted.size() < 3 ? std::string() : fmt::format("`{}`", quoted.substr(1, quoted.size() - 2));
}

// Operators that can follow any operand: naming them all helps nobody.
bool is_operator(size_t type) {
  return (RecLexer::EQ <= type && type <= RecLexer::COALESCE) ||
         (RecLexer::PLUS <= type && type <= RecLexer::PERCENT) || type == RecLexer::AND || type == RecLexer::OR ||
         type == RecLexer::NOT || type == RecLexer::IN || type == RecLexer::IS || type == RecLexer::DOT ||
         type == RecLexer::OPEN_PAREN || type == RecLexer::OPEN_BRACKET;
}

}  // namespace

std::string describe_found(const TokenList& list, size_t token) {
  const Token& at = list.tokens[token];
  if (at.type == antlr4::Token::EOF) return "the end of the file";
  const auto text = list.text(at);
  if (text.empty()) return "the end of what was open";
  if (text.size() > 40) return at.type == RecLexer::STRING ? "a string" : "a long word";
  if (at.type == RecLexer::STRING) return fmt::format("the string `{}`", text);
  return fmt::format("`{}`", text);
}

std::string describe_expected(const antlr4::misc::IntervalSet& expected) {
  const bool operand = expected.contains(size_t{RecLexer::INT}) && expected.contains(size_t{RecLexer::OPEN_PAREN});
  const bool name = expected.contains(size_t{RecLexer::ID});
  const bool step = expected.contains(size_t{RecLexer::LET}) && expected.contains(size_t{RecLexer::EMIT});
  const bool declaration = expected.contains(size_t{RecLexer::PIPELINE}) && expected.contains(size_t{RecLexer::IMPORT});
  const bool after_operand = expected.contains(size_t{RecLexer::STAR});
  std::vector<std::string> parts;
  if (operand) parts.emplace_back("an expression");
  if (name && !operand) parts.emplace_back("a name");
  if (step) parts.emplace_back("a step");
  if (declaration) parts.emplace_back("a declaration");
  for (const ssize_t each : expected.toList()) {
    const auto type = static_cast<size_t>(each);
    const bool in_class = (operand && begins_operand(type)) ||
                          (operand && (type == RecLexer::IF || type == RecLexer::NOT)) ||
                          (name && is_word(type) && !is_reserved(type)) || (step && is_step_word(type)) ||
                          (declaration && is_declaration_word(type)) || (after_operand && is_operator(type));
    if (in_class || type == RecLexer::ERROR) continue;
    if (std::string text = spelling(type); !text.empty()) parts.push_back(std::move(text));
  }
  return parts.size() > kMostNamed ? std::string() : join_or(parts);
}

}  // namespace rec::syntax
