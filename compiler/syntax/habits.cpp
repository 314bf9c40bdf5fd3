// Mending what no `.rec` file can have: each such token gets its own error, and the one that was meant takes its place.
#include "compiler/syntax/habits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/syntax/generated.h"

namespace rec::syntax {
namespace {

using diagnostics::Code;

struct Spelling {
  std::string_view seen;
  std::string_view right;
  size_t type;
};

// Operators of other languages.
constexpr std::array<Spelling, 13> kOperators{{{"&&", "and", RecLexer::AND},
                                               {"&", "and", RecLexer::AND},
                                               {"||", "or", RecLexer::OR},
                                               {"|", "or", RecLexer::OR},
                                               {"!", "not", RecLexer::NOT},
                                               {"~", "not", RecLexer::NOT},
                                               {"<>", "!=", RecLexer::NE},
                                               {"!==", "!=", RecLexer::NE},
                                               {"===", "==", RecLexer::EQ},
                                               {"^", "**", RecLexer::POWER},
                                               {"->", "=>", RecLexer::ARROW},
                                               {"...", "..", RecLexer::RANGE},
                                               {"++", "+", RecLexer::PLUS}}};

// Signs that look like ours but are other characters: an input method's.
constexpr std::array<Spelling, 14> kWideSigns{{{"（", "(", RecLexer::OPEN_PAREN},
                                               {"）", ")", RecLexer::CLOSE_PAREN},
                                               {"，", ",", RecLexer::COMMA},
                                               {"：", ":", RecLexer::COLON},
                                               {"｛", "{", RecLexer::OPEN_BRACE},
                                               {"｝", "}", RecLexer::CLOSE_BRACE},
                                               {"［", "[", RecLexer::OPEN_BRACKET},
                                               {"］", "]", RecLexer::CLOSE_BRACKET},
                                               {"＝", "=", RecLexer::ASSIGN},
                                               {"≤", "<=", RecLexer::LE},
                                               {"≥", ">=", RecLexer::GE},
                                               {"≠", "!=", RecLexer::NE},
                                               {"×", "*", RecLexer::STAR},
                                               {"−", "-", RecLexer::MINUS}}};

// The unit that a word like "sec" or "minutes" means; empty for other words.
std::string_view meant_unit(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kWords{
      {{"sec", "s"},     {"secs", "s"},         {"second", "s"},  {"seconds", "s"}, {"S", "s"},     {"min", "m"},
       {"mins", "m"},    {"minute", "m"},       {"minutes", "m"}, {"M", "m"},       {"hr", "h"},    {"hrs", "h"},
       {"hour", "h"},    {"hours", "h"},        {"H", "h"},       {"day", "d"},     {"days", "d"},  {"D", "d"},
       {"msec", "ms"},   {"msecs", "ms"},       {"millis", "ms"}, {"MS", "ms"},     {"usec", "us"}, {"usecs", "us"},
       {"micros", "us"}, {"milliseconds", "ms"}}};
  const auto* found = std::ranges::find(kWords, word, &std::pair<std::string_view, std::string_view>::first);
  return found == kWords.end() ? std::string_view{} : found->second;
}

class Mender {
 public:
  Mender(TokenList& list, diagnostics::Diagnostics& diagnostics) : list_(list), diagnostics_(diagnostics) {}

  void run() {
    for (at_ = 0; at_ < list_.tokens.size(); ++at_) {
      Token token = list_.tokens[at_];
      switch (token.type) {
        case RecLexer::FOREIGN:
          foreign(token);
          break;
        case RecLexer::QUOTED:
          quoted(token);
          break;
        case RecLexer::BAD_STRING:
          open_string(token);
          break;
        case RecLexer::BAD_COMMENT:
          open_comment(token);
          break;
        case RecLexer::BAD_NUMBER:
          bad_number(token);
          break;
        case RecLexer::UNKNOWN:
          unknown(token);
          break;
        case RecLexer::PERCENT:
          percent(token);
          break;
        case RecLexer::DOT:
          dot(token);
          break;
        default:
          out_.push_back(token);
      }
    }
    separators();
    list_.tokens = std::move(out_);
  }

 private:
  diagnostics::Diagnostic& report(Code code, const Token& token, std::string message, std::string label) {
    return diagnostics_.error(code, list_.span(token), std::move(message), std::move(label));
  }
  void put(Token token, size_t type, bool bad = false) {
    token.type = type;
    token.bad = bad;
    out_.push_back(token);
  }
  size_t next_type(size_t ahead = 1) const {
    return at_ + ahead < list_.tokens.size() ? list_.tokens[at_ + ahead].type : size_t{antlr4::Token::EOF};
  }
  bool touches_next() const {
    return at_ + 1 < list_.tokens.size() && list_.tokens[at_].end == list_.tokens[at_ + 1].begin;
  }
  bool after_operand() const { return !out_.empty() && ends_operand(out_.back().type); }

  void foreign(const Token& token) {
    const auto text = list_.text(token);
    if (text == ";") {
      if (separators_++ == 0) first_separator_ = token;
      return;
    }
    const auto* found = std::ranges::find(kOperators, text, &Spelling::seen);
    if (found == kOperators.end()) return assignment(token);
    report(Code::foreign_operator, token, fmt::format("`{}` is no operator of the language", text), "unknown operator")
        .help.push_back(fmt::format("write `{}`", found->right));
    const bool prefix_in_comparison = found->type == RecLexer::NOT && !out_.empty() &&
                                      RecLexer::EQ <= out_.back().type && out_.back().type <= RecLexer::PERCENT;
    if (!prefix_in_comparison) put(token, found->type);  // `a == not b` would be another error of the same cause
  }

  void assignment(const Token& token) {
    auto& error = report(Code::foreign_assignment, token,
                         fmt::format("`{}` is no sign of the language", list_.text(token)), "unknown sign");
    error.help.push_back(list_.text(token) == ":="
                             ? "write `=`: `let NAME = EXPR`"
                             : "nothing changes once it is bound: give the new value a name with `let`");
    put(token, RecLexer::ASSIGN);
  }

  void separators() {
    if (separators_ == 0) return;
    auto& error = report(Code::no_separator, first_separator_, "`;` is not needed", "remove this");
    if (separators_ > 1) error.notes.push_back(fmt::format("there are {} more in this file", separators_ - 1));
  }

  void quoted(const Token& token) {
    const auto inner = list_.text(token).substr(1, list_.text(token).size() - 2);
    auto& error = report(Code::single_quotes, token, "strings stand in double quotes", "single quotes");
    if (inner.find('"') == std::string_view::npos && inner.size() < 60)
      error.help.push_back(fmt::format("write `\"{}\"`", inner));
    put(token, RecLexer::STRING);
  }

  void open_string(const Token& token) {
    const Token start{.type = token.type, .begin = token.begin, .end = token.begin + 1};
    report(Code::unterminated_string, start, "this string is not closed on its line", "begins here")
        .help.push_back("close it with `\"`; a line break inside is written `\\n`");
    put(token, RecLexer::STRING, true);
  }

  void open_comment(const Token& token) {
    report(Code::unterminated_comment, token, "this comment is never closed", "begins here")
        .help.push_back("close it with `*/`");
    list_.cut = true;
    at_ = list_.tokens.size() - 1;
    out_.push_back(list_.tokens.back());
  }

  void bad_number(const Token& token) {
    const auto text = list_.text(token);
    const size_t letters = text.find_first_not_of("0123456789._");
    const bool one_point = std::ranges::count(text.substr(0, letters), '.') <= 1;
    if (letters == std::string_view::npos || !one_point || text.starts_with("0x") || text.starts_with("0b") ||
        text.find("__") != std::string_view::npos || text[letters - 1] == '_' ||
        ((text[letters] == 'e' || text[letters] == 'E') &&
         text.find_first_not_of("eE0123456789", letters) == std::string_view::npos)) {
      auto& error = report(Code::bad_number, token, fmt::format("`{}` is no number", text), "malformed");
      error.notes.emplace_back("numbers are decimal: `12`, `1_000`, `0.5`, `1e-3`");
      put(token, RecLexer::INT, true);
      return;
    }
    const auto unit = text.substr(letters);
    const auto right = meant_unit(unit);
    auto& error = report(Code::unknown_unit, token, fmt::format("unknown unit `{}`", unit), "not a duration");
    error.notes.emplace_back("the units are `us`, `ms`, `s`, `m`, `h`, `d`");
    if (!right.empty()) error.help.push_back(fmt::format("did you mean `{}{}`?", text.substr(0, letters), right));
    put(token, RecLexer::DURATION, true);
  }

  // `10%`, followed by nothing that could be divided by.
  void percent(const Token& token) {
    const bool number = !out_.empty() && (out_.back().type == RecLexer::INT || out_.back().type == RecLexer::FLOAT);
    const bool next_line = at_ + 1 < list_.tokens.size() && list_.tokens[at_ + 1].line_start;
    const bool divides = begins_operand(next_type()) && !next_line;
    if (!number || divides || next_type() == RecLexer::IF || next_type() == RecLexer::NOT) {
      out_.push_back(token);
      return;
    }
    const Token whole{.type = RecLexer::FLOAT, .begin = out_.back().begin, .end = token.end};
    report(Code::no_percent, whole, fmt::format("`{}` is not a number", list_.text(whole)), "there are no percentages")
        .help.push_back("write the share itself: `0.1` for ten percent");
    out_.back() = whole;
    out_.back().bad = true;
  }

  // `.5` and `5.`
  void dot(const Token& token) {
    const bool whole_before = !out_.empty() && out_.back().type == RecLexer::INT && out_.back().end == token.begin;
    if (!after_operand() && next_type() == RecLexer::INT && touches_next()) {
      const Token number{.type = RecLexer::FLOAT, .begin = token.begin, .end = list_.tokens[at_ + 1].end};
      report(Code::bad_number, number, fmt::format("`{}` is no number", list_.text(number)),
             "no digit before the point")
          .help.push_back(fmt::format("write `0{}`", list_.text(number)));
      put(number, RecLexer::FLOAT, true);
      ++at_;
    } else if (whole_before && (!is_word(next_type()) || !touches_next())) {
      const Token number{.type = RecLexer::FLOAT, .begin = out_.back().begin, .end = token.end};
      report(Code::bad_number, number, fmt::format("`{}` is no number", list_.text(number)), "no digit after the point")
          .help.push_back(fmt::format("write `{}0`", list_.text(number)));
      out_.back() = number;
      out_.back().bad = true;
    } else {
      out_.push_back(token);
    }
  }

  void unknown(const Token& token) {
    const auto text = list_.text(token);
    if (text == "#" || text == "'" || text == "`") {
      if (text == "#") {
        report(Code::foreign_comment, token, "`#` begins no comment", "not a comment").help.emplace_back("write `//`");
      } else {
        report(Code::unexpected_character, token, fmt::format("unexpected `{}`", text == "`" ? "backquote" : "'"),
               "not known here")
            .help.emplace_back("strings stand in double quotes, names in none");
      }
      skip_line();
      return;
    }
    const auto* wide = std::ranges::find(kWideSigns, text, &Spelling::seen);
    if (wide != kWideSigns.end()) {
      report(Code::unexpected_character, token, fmt::format("`{}` is another character than `{}`", text, wide->right),
             "not ASCII")
          .help.push_back(fmt::format("write `{}`", wide->right));
      put(token, wide->type);
      return;
    }
    unknown_run(token);
  }

  void skip_line() {
    while (at_ + 1 < list_.tokens.size() && !list_.tokens[at_ + 1].line_start && next_type() != antlr4::Token::EOF)
      ++at_;
    if (at_ + 1 < list_.tokens.size()) list_.tokens[at_ + 1].line_start = true;
  }

  // A run of unknown characters, with the words and numbers that touch it, is one error and one name.
  void unknown_run(const Token& first) {
    Token run = first;
    const auto joins = [](size_t type) {
      return type == RecLexer::UNKNOWN || is_word(type) || type == RecLexer::INT || type == RecLexer::BAD_NUMBER;
    };
    if (!out_.empty() && is_word(out_.back().type) && out_.back().end == run.begin) {
      run.begin = out_.back().begin;
      run.line_start = out_.back().line_start;
      out_.pop_back();
    }
    while (touches_next() && joins(next_type())) run.end = list_.tokens[++at_].end;
    const auto text = list_.text(run);
    const auto byte = static_cast<unsigned char>(text.front());
    const bool control = byte < 0x20 || byte == 0x7F;
    auto& error = report(
        Code::unexpected_character, run,
        control ? fmt::format("unexpected control character U+{:04X}", byte) : fmt::format("unexpected `{}`", text),
        "not known here");
    if (text.find_first_not_of("“”‘’") != 0) {
      error.help.emplace_back("write straight double quotes: `\"text\"`");
    } else if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
      error.notes.emplace_back(
          "names are made of A to Z, a to z, 0 to 9 and `_`; other letters stand in strings and comments");
    }
    put(run, RecLexer::ID, true);
  }

  TokenList& list_;
  diagnostics::Diagnostics& diagnostics_;
  std::vector<Token> out_;
  size_t at_ = 0;
  size_t separators_ = 0;
  Token first_separator_;
};

}  // namespace

void mend_habits(TokenList& list, diagnostics::Diagnostics& diagnostics) {
  Mender(list, diagnostics).run();
}

}  // namespace rec::syntax
