// Where units begin and end, in tokens that do not fit the grammar.
#include "compiler/syntax/take_out.h"

#include <algorithm>

namespace rec::syntax {
namespace {

bool is_declaration(size_t unit) {
  return is_unit(unit) && unit != RecParser::RuleStep && unit != RecParser::RuleChannel &&
         unit != RecParser::RuleRuleLine && unit != RecParser::RuleTestLine;
}

bool begins_unit(const TokenList& list, size_t i, size_t unit) {
  const Token& token = list.tokens[i];
  const size_t next = i + 1 < list.tokens.size() ? list.tokens[i + 1].type : size_t{antlr4::Token::EOF};
  if (token.type == RecLexer::ERROR) return true;
  switch (unit) {
    case RecParser::RuleStep: {
      const bool option = token.type == RecLexer::WHERE || token.type == RecLexer::TAKE || token.type == RecLexer::WHEN;
      const bool foreign = token.type == RecLexer::ID && token.line_start &&
                           (ends_operand(list.tokens[i - 1].type) || list.tokens[i - 1].type == RecLexer::CLOSE_BRACE);
      return foreign || (is_step_word(token.type) && (!option || token.line_start));
    }
    case RecParser::RuleChannel:
      return is_word(token.type) && next == RecLexer::ASSIGN;
    case RecParser::RuleRuleLine:
      return token.type == RecLexer::MUST ||
             (token.type == RecLexer::AT && (next == RecLexer::MOST || next == RecLexer::LEAST) &&
              list.tokens[i - 1].type != RecLexer::MUST);
    case RecParser::RuleTestLine: {
      const bool word = token.type == RecLexer::GIVEN || token.type == RecLexer::WITH || token.type == RecLexer::RUN ||
                        token.type == RecLexer::EXPECT;
      return word && token.line_start;
    }
    default:
      return is_declaration_word(token.type);
  }
}

// The first token after `begin` and the failure where the next unit of this kind, or what encloses it, goes on.
size_t find_end(const TokenList& list, const Failure& failure, size_t begin, size_t unit) {
  int depth = 0;
  for (size_t i = begin; i < list.tokens.size(); ++i) {
    const size_t each = list.tokens[i].type;
    if (each == antlr4::Token::EOF) return i;
    const bool closer =
        each == RecLexer::CLOSE_PAREN || each == RecLexer::CLOSE_BRACKET || each == RecLexer::CLOSE_BRACE;
    if (closer && --depth < 0) {
      if (each == RecLexer::CLOSE_BRACE && (unit == RecParser::RuleStep || !is_declaration(unit))) return i;
      depth = 0;
      continue;
    }
    if (depth == 0 && i > begin && i >= failure.at && begins_unit(list, i, unit)) return i;
    if (each == RecLexer::OPEN_PAREN || each == RecLexer::OPEN_BRACKET || each == RecLexer::OPEN_BRACE) ++depth;
  }
  return list.tokens.size() - 1;
}

void remember_names(const TokenList& list, size_t begin, size_t end, size_t unit, std::vector<std::string>& lost) {
  for (size_t i = begin; i < end; ++i) {
    const size_t previous = i > begin ? list.tokens[i - 1].type : size_t{antlr4::Token::EOF};
    const bool bound = previous == RecLexer::LET || previous == RecLexer::SCORE || previous == RecLexer::PARAM ||
                       previous == RecLexer::FN || previous == RecLexer::PIPELINE;
    const bool channel = list.tokens[i + 1].type == RecLexer::ASSIGN || (unit == RecParser::RuleChannel && i == begin);
    if (is_word(list.tokens[i].type) && (bound || channel)) lost.emplace_back(list.text(i));
  }
}

}  // namespace

bool is_unit(size_t rule) {
  constexpr size_t kUnits[] = {RecParser::RuleStep,     RecParser::RuleChannel,      RecParser::RuleRuleLine,
                               RecParser::RuleTestLine, RecParser::RuleImportDecl,   RecParser::RuleParamDecl,
                               RecParser::RuleFnDecl,   RecParser::RulePipelineDecl, RecParser::RuleTestDecl};
  return std::ranges::find(kUnits, rule) != std::end(kUnits);
}

bool inside_block(const Failure& failure) {
  return std::ranges::any_of(failure.open, [](const OpenRule& open) { return open.rule == RecParser::RuleBlock; });
}

size_t listed_unit(const TokenList& list, const Failure& failure) {
  const size_t rule = failure.rule();
  if (rule == RecParser::RuleBlock) return RecParser::RuleStep;
  if (rule == RecParser::RuleModule) return RecParser::RuleImportDecl;
  if (!failure.expects(RecLexer::CLOSE_BRACE) || failure.open.empty()) return 0;
  if (rule == RecParser::RuleTestDecl) return RecParser::RuleTestLine;
  if (rule != RecParser::RuleStep) return 0;
  return list.tokens[failure.open.front().begin].type == RecLexer::RECALL ? RecParser::RuleChannel
                                                                          : RecParser::RuleRuleLine;
}

void take_out(TokenList& list, const Failure& failure, std::vector<std::string>& lost) {
  if (const size_t listed = listed_unit(list, failure); listed != 0)
    return take_out_from(list, failure, failure.at, listed, lost);
  for (const OpenRule& open : failure.open) {
    if (is_unit(open.rule)) return take_out_from(list, failure, open.begin, open.rule, lost);
  }
  const size_t unit = inside_block(failure) ? size_t{RecParser::RuleStep} : size_t{RecParser::RuleImportDecl};
  take_out_from(list, failure, failure.at, unit, lost);
}

void take_out_from(TokenList& list, const Failure& failure, size_t begin, size_t unit, std::vector<std::string>& lost) {
  const size_t end = find_end(list, failure, begin, unit);
  remember_names(list, begin, end, unit, lost);
  auto& tokens = list.tokens;
  Token error{.type = RecLexer::ERROR,
              .begin = tokens[begin].begin,
              .end = tokens[std::max(begin + 1, end) - 1].end,
              .bad = true};
  error.line_start = tokens[begin].line_start;
  tokens.erase(tokens.begin() + static_cast<ptrdiff_t>(begin), tokens.begin() + static_cast<ptrdiff_t>(end));
  tokens.insert(tokens.begin() + static_cast<ptrdiff_t>(begin), error);
}

}  // namespace rec::syntax
