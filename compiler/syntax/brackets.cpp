// Matching brackets, so that a missing one is blamed where it was opened and the rest of the file is read all the same.
#include "compiler/syntax/brackets.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/syntax/generated.h"

namespace rec::syntax {
namespace {

using diagnostics::Code;

constexpr int kMostReports = 10;

size_t closer_of(size_t opener) {
  switch (opener) {
    case RecLexer::OPEN_PAREN:
      return RecLexer::CLOSE_PAREN;
    case RecLexer::OPEN_BRACKET:
      return RecLexer::CLOSE_BRACKET;
    case RecLexer::OPEN_BRACE:
      return RecLexer::CLOSE_BRACE;
    default:
      return 0;
  }
}

bool is_closer(size_t type) {
  return type == RecLexer::CLOSE_PAREN || type == RecLexer::CLOSE_BRACKET || type == RecLexer::CLOSE_BRACE;
}

std::string_view sign_of(size_t closer) {
  return closer == RecLexer::CLOSE_PAREN ? ")" : closer == RecLexer::CLOSE_BRACKET ? "]" : "}";
}

// Goes through a list and writes a balanced one.
class Balancer {
 public:
  Balancer(TokenList& list, diagnostics::Diagnostics& diagnostics) : list_(list), diagnostics_(diagnostics) {}

  void run() {
    for (const Token& token : list_.tokens) {
      if (token.type == antlr4::Token::EOF) {
        while (!open_.empty()) close_missing(token);
      } else if (token.line_start && (is_step_word(token.type) || is_declaration_word(token.type))) {
        before_statement(token);
      }
      if (token.bad && token.type == RecLexer::STRING) bad_string_ = token.begin;
      if (closer_of(token.type) != 0) open_.push_back(token);
      if (is_closer(token.type) && !close(token)) continue;
      out_.push_back(token);
    }
    list_.tokens = std::move(out_);
  }

 private:
  // No step begins inside parentheses; no declaration inside braces, unless it is indented like something in them.
  void before_statement(const Token& token) {
    while (!open_.empty() && open_.back().type != RecLexer::OPEN_BRACE) close_missing(token);
    if (!is_declaration_word(token.type)) {
      while (open_.size() > 1 && is_step_word(token.type) && left_behind(token)) close_missing(token);
      return;
    }
    while (!open_.empty() && list_.indentation(token) <= list_.indentation(open_.front())) close_missing(token);
  }

  // A step that is indented no deeper than the line that opened the block: the block should have ended, if the file is
  // not one with all its lines at the margin, and if the braces do not come out right otherwise.
  bool left_behind(const Token& token) const {
    return missing_ && list_.indentation(token) <= list_.indentation(open_.back()) &&
           list_.indentation(open_.back()) > list_.indentation(open_.front());
  }

  bool close(const Token& token) {
    const auto fits = [&](const Token& opener) { return closer_of(opener.type) == token.type; };
    if (std::ranges::none_of(open_, fits)) {
      if (++reported_ > kMostReports) return false;
      diagnostics_
          .error(Code::unmatched_bracket, list_.span(token),
                 fmt::format("this `{}` closes nothing", sign_of(token.type)), "no bracket of this kind is open")
          .help.push_back("remove it, or put in the bracket that it should close");
      return false;
    }
    while (!fits(open_.back())) close_missing(token);
    open_.pop_back();
    return true;
  }

  void close_missing(const Token& before) {
    const Token opener = open_.back();
    open_.pop_back();
    const size_t closer = closer_of(opener.type);
    out_.push_back({.type = closer, .begin = before.begin, .end = before.begin});
    const bool eaten = bad_string_ > opener.begin && bad_string_ < before.begin;
    if (list_.cut || eaten || ++reported_ > kMostReports) return;  // an open string or comment has eaten the closer
    diagnostics_
        .error(Code::unclosed_bracket, list_.span(opener), fmt::format("this `{}` is never closed", list_.text(opener)),
               "opened here")
        .secondary.push_back(
            {{list_.file, before.begin, before.begin}, fmt::format("`{}` expected before this", sign_of(closer))});
  }

 public:
  bool missing_ = false;  // there are fewer closing braces than opening ones

 private:
  TokenList& list_;
  diagnostics::Diagnostics& diagnostics_;
  uint32_t bad_string_ = 0;  // where the last string began that is not closed
  int reported_ = 0;
  std::vector<Token> open_;
  std::vector<Token> out_;
};

}  // namespace

void balance_brackets(TokenList& list, diagnostics::Diagnostics& diagnostics) {
  const auto count = [&](size_t type) { return std::ranges::count(list.tokens, type, &Token::type); };
  Balancer balancer(list, diagnostics);
  balancer.missing_ = count(RecLexer::OPEN_BRACE) > count(RecLexer::CLOSE_BRACE);
  balancer.run();
}

}  // namespace rec::syntax
