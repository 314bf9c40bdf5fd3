// Bounding how deep the recursive parser will go, by a scan of the tokens.
#include <fmt/format.h>

#include "compiler/syntax/brackets.h"
#include "compiler/syntax/generated.h"
#include "compiler/syntax/parse.h"

namespace rec::syntax {
namespace {

// What is open within one pair of brackets: `if`s last until the operand ends, signs until the next looser operator.
struct Level {
  int branches = 0;
  int signs = 0;
};

}  // namespace

bool check_nesting(const TokenList& list, diagnostics::Diagnostics& diagnostics) {
  std::vector<Level> levels(1);
  int outer = 0;  // of all levels but the last, their brackets included
  size_t before = antlr4::Token::EOF;
  for (const Token& token : list.tokens) {
    Level& here = levels.back();
    switch (token.type) {
      case RecLexer::OPEN_PAREN:
      case RecLexer::OPEN_BRACKET:
      case RecLexer::OPEN_BRACE:
        outer += 1 + here.branches + here.signs;
        levels.emplace_back();
        break;
      case RecLexer::CLOSE_PAREN:
      case RecLexer::CLOSE_BRACKET:
      case RecLexer::CLOSE_BRACE:
        if (levels.size() > 1) {
          levels.pop_back();
          outer -= 1 + levels.back().branches + levels.back().signs;
        }
        break;
      case RecLexer::IF:
        here.signs = 0;
        [[fallthrough]];
      case RecLexer::ARROW:
        ++here.branches;
        break;
      case RecLexer::NOT:
      case RecLexer::COALESCE:
      case RecLexer::POWER:
        ++here.signs;
        break;
      case RecLexer::MINUS:
        here.signs = ends_operand(before) ? 0 : here.signs + 1;
        break;
      case RecLexer::PLUS:
      case RecLexer::STAR:
      case RecLexer::SLASH:
      case RecLexer::PERCENT:
      case RecLexer::AND:
      case RecLexer::OR:
      case RecLexer::THEN:
      case RecLexer::ELSE:
        here.signs = 0;
        break;
      case RecLexer::COMMA:
        here = {};
        break;
      default:
        if (is_step_word(token.type) || is_declaration_word(token.type)) here = {};
    }
    if (outer + levels.back().branches + levels.back().signs > kMaxNesting) {
      diagnostics
          .error(diagnostics::Code::nesting_too_deep, list.span(token),
                 fmt::format("nested more than {} deep", kMaxNesting), "too deep here")
          .help.push_back("name the inner values with `let`");
      return false;
    }
    before = token.type;
  }
  return true;
}

}  // namespace rec::syntax
