// The messages of the grammar: what was expected, what stands there, and the right spelling of what was probably meant.
#include "compiler/syntax/complain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "compiler/syntax/expected.h"
#include "compiler/syntax/forms.h"
#include "compiler/syntax/take_out.h"

namespace rec::syntax {
namespace {

using diagnostics::Code;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

class Complainer {
 public:
  Complainer(TokenList& list, const Failure& failure, std::vector<std::string>& lost,
             diagnostics::Diagnostics& diagnostics)
      : list_(list), failure_(failure), lost_(lost), diagnostics_(diagnostics) {}

  void run() {
    if (here().bad || (failure_.at > 0 && before().bad && before().type == RecLexer::ID)) return take_out();
    if (wrong_case() || foreign_word() || statement() || equals() || reserved_name() || looser_operator()) return;
    general();
    take_out();
  }

 private:
  const Token& here() const { return list_.tokens[failure_.at]; }
  const Token& before() const { return list_.tokens[failure_.at - 1]; }
  bool has_before() const { return failure_.at > 0; }
  size_t type() const { return here().type; }
  std::string_view text() const { return list_.text(failure_.at); }
  size_t rule() const { return failure_.rule(); }
  bool at_statement() const { return rule() == RecParser::RuleBlock || rule() == RecParser::RuleModule; }
  bool wants_operand() const { return failure_.expects(RecLexer::INT) && failure_.expects(RecLexer::OPEN_PAREN); }
  bool in_expression() const {
    return std::ranges::any_of(failure_.open, [](const OpenRule& open) { return open.rule == RecParser::RuleExpr; });
  }

  bool after_operand() const { return has_before() && ends_operand(before().type) && !here().line_start; }
  // Whether a `=` here stands between two values, not after a name that it could bind.
  bool compares() const {
    if (failure_.expects(RecLexer::ASSIGN) || wants_operand() || !after_operand()) return false;
    const size_t listed = listed_unit(list_, failure_);
    const bool member = failure_.at > 1 && list_.tokens[failure_.at - 2].type == RecLexer::DOT;
    return in_expression() || listed == RecParser::RuleStep || listed == RecParser::RuleImportDecl || member;
  }

  diagnostics::Diagnostic& error(Code code, size_t token, std::string message, std::string label) {
    return diagnostics_.error(code, list_.span(token), std::move(message), std::move(label));
  }
  // A mended token counts as bad: where it does not fit either, nothing more is said.
  void retag(size_t token, size_t new_type) {
    list_.tokens[token].type = new_type;
    list_.tokens[token].bad = true;
  }
  void insert(size_t token, size_t new_type) {
    const uint32_t at = list_.tokens[token].begin;
    list_.tokens.insert(list_.tokens.begin() + static_cast<ptrdiff_t>(token),
                        {.type = new_type, .begin = at, .end = at});
  }

  // `AND`, `Where`: the keyword is meant, here or right before.
  bool wrong_case() {
    for (const size_t token : {failure_.at, has_before() ? failure_.at - 1 : failure_.at}) {
      if (list_.tokens[token].type != RecLexer::ID) continue;
      const auto written = list_.text(token);
      const std::string right = lower(written);
      const size_t keyword = keyword_type(right);
      if (keyword == 0 || right == written || (!is_reserved(keyword) && !failure_.expects(keyword))) continue;
      error(Code::keyword_case, token, fmt::format("keywords are in lower case, this is `{}`", written), "wrong case")
          .help.push_back(fmt::format("write `{}`", right));
      retag(token, keyword);
      return true;
    }
    return false;
  }

  bool foreign_word() {
    if (type() == RecLexer::QUESTION && (in_expression() || after_operand())) {
      error(Code::no_ternary, failure_.at, "there is no `?:` operator", "unknown operator")
          .help.emplace_back("write `if CONDITION then A else B`; for a value that may be missing `x ?? default`");
      take_out();
      return true;
    }
    if (type() == RecLexer::IF && has_before() && before().type == RecLexer::ELSE && rule() == RecParser::RuleStep) {
      error(Code::foreign_else, failure_.at, "a further condition of the step `when` is not `else if`", "not here")
          .help.emplace_back("write `else when CONDITION { … }`");
      retag(failure_.at, RecLexer::WHEN);
      return true;
    }
    if (foreign_condition()) return true;
    if (has_before() && before().type == RecLexer::ID && list_.text(failure_.at - 1) == "lambda") {
      error(Code::foreign_lambda, failure_.at - 1, "there is no `lambda`", "unknown word")
          .help.emplace_back("write `e => EXPR`");
      take_out();
      return true;
    }
    return false;
  }

  // A choice, a test or an order as other languages write it, behind a whole expression.
  bool foreign_condition() {
    const std::string word = lower(text());
    if (failure_.expects(RecLexer::NONE) && (word == "null" || word == "nil")) {
      error(Code::foreign_literal, failure_.at, fmt::format("`{}` is no literal of the language", text()), "unknown")
          .help.emplace_back("write `none`");
      retag(failure_.at, RecLexer::NONE);
      return true;
    }
    if (type() == RecLexer::IF && at_statement() && !after_operand()) {
      auto& out = error(Code::unknown_step, failure_.at, "`if` begins no step: it is a choice between two values",
                        "no step begins so");
      out.help.emplace_back("steps for some requests stand in `when CONDITION { … }`");
      out.help.emplace_back("candidates are kept by `where CONDITION`, values chosen by `if … then … else …`");
      take_out_from(failure_.at, RecParser::RuleStep);
      return true;
    }
    if (!after_operand() || !is_word(type())) return false;
    const ForeignWord* found = foreign_word_behind(word);
    if (found == nullptr) return false;
    const bool choice = type() == RecLexer::IF;
    if (choice && (!at_statement() || before().type == RecLexer::CLOSE_BRACE)) return false;
    error(choice ? Code::no_ternary : Code::foreign_operator, failure_.at,
          choice ? std::string("there is no `A if C else B`")
                 : fmt::format("`{}` is no operator of the language", text()),
          "unknown here")
        .help.emplace_back(found->right);
    take_out_from(whole_step(), RecParser::RuleStep);
    return true;
  }

  // Where the step begins that seemed to have ended.
  size_t whole_step() const {
    size_t at = failure_.at;
    while (at > 0 && !(list_.tokens[at].line_start && is_step_word(list_.tokens[at].type))) --at;
    return at > 0 ? at : failure_.at;
  }

  // A word where a step or a declaration should begin.
  bool statement() {
    const bool ended = failure_.expected.isEmpty() || at_statement() || (here().line_start && !wants_operand());
    if (!is_word(type()) || !ended) return false;
    const bool top = !inside_block(failure_);
    if (is_declaration_word(type()) && !top && at_statement()) {
      error(Code::declaration_in_pipeline, failure_.at, fmt::format("a `{}` stands at the top of a file", text()),
            "not inside a pipeline");
      take_out_from(failure_.at, RecParser::RuleStep);
      return true;
    }
    if (is_step_word(type()) && top) {
      error(Code::step_outside_pipeline, failure_.at, fmt::format("`{}` stands outside of a pipeline", text()),
            "a step")
          .help.emplace_back("put it between the braces of `pipeline NAME(user: TABLE, item: TABLE) { … }`");
      take_out_from(failure_.at, RecParser::RuleImportDecl);
      return true;
    }
    if (is_reserved(type()) || !(at_statement() || step_is_over())) return false;
    return top ? unknown_declaration() : unknown_step();
  }

  bool step_is_over() const {
    const auto unit = std::ranges::find_if(failure_.open, [](const OpenRule& open) { return is_unit(open.rule); });
    return here().line_start && (unit == failure_.open.end() || unit->rule == RecParser::RuleStep) &&
           !wants_operand() && has_before() && (ends_operand(before().type) || before().type == RecLexer::CLOSE_BRACE);
  }

  /// There is a word for most habits, and for some there is none.
  static std::string advice(const Habit& habit) {
    return habit.right.starts_with("no ") ? "there is " + std::string(habit.right)
                                          : fmt::format("write `{}`", habit.right);
  }

  bool unknown_step() {
    const bool binds = list_.tokens[failure_.at + 1].type == RecLexer::ASSIGN;
    const Habit* habit = step_habit(lower(text()));
    const std::string suggestion = diagnostics::did_you_mean(text(), step_words());
    const bool other_else = habit != nullptr && habit->type == RecLexer::ELSE;
    auto& out = error(other_else ? Code::foreign_else : Code::unknown_step, failure_.at,
                      fmt::format("unknown step `{}`", text()), "no step begins so");
    if (binds) {
      out.help.push_back(fmt::format("to name a value write `let {} = …`", text()));
      insert(failure_.at, RecLexer::LET);
      return true;
    }
    if (habit != nullptr) {
      out.help.push_back(advice(*habit));
      if (habit->type != 0) {
        retag(failure_.at, habit->type);
        if (habit->type == RecLexer::ELSE) insert(failure_.at + 1, RecLexer::WHEN);
        return true;
      }
    } else if (!suggestion.empty()) {
      out.help.push_back(suggestion);
      retag(failure_.at, keyword_type(diagnostics::nearest(text(), step_words()).front()));
      return true;
    } else {
      std::string words;
      for (const std::string& word : step_words()) words += (words.empty() ? "" : ", ") + word;
      out.notes.push_back(fmt::format("the steps are {}", words));
    }
    take_out_from(failure_.at, RecParser::RuleStep);
    return true;
  }

  // `def f(x: float)` goes on as ours do; a body of Python does not.
  bool typed_arguments() const {
    constexpr size_t kColon = 4;  // behind `def f ( x`
    return failure_.at + kColon < list_.tokens.size() && list_.tokens[failure_.at + kColon].type == RecLexer::COLON;
  }

  bool unknown_declaration() {
    const Habit* habit = declaration_habit(lower(text()));
    auto& out = error(Code::unknown_declaration, failure_.at, fmt::format("unknown declaration `{}`", text()),
                      "nothing begins so");
    const std::string suggestion = diagnostics::did_you_mean(text(), declaration_words());
    if (habit != nullptr) {
      out.help.push_back(fmt::format("write `{}`", habit->right));
      if (habit->type != 0 && (habit->type != RecLexer::FN || typed_arguments())) {
        retag(failure_.at, habit->type);
        return true;
      }
    } else if (!suggestion.empty()) {
      out.help.push_back(suggestion);
      retag(failure_.at, keyword_type(diagnostics::nearest(text(), declaration_words()).front()));
      return true;
    } else {
      out.notes.emplace_back("a file holds `import`, `param`, `fn`, `pipeline` and `test`");
    }
    take_out_from(failure_.at, RecParser::RuleImportDecl);
    return true;
  }

  bool equals() {
    if (type() == RecLexer::ASSIGN && compares()) {
      error(Code::assignment_in_expression, failure_.at, "`=` in an expression", "does not compare")
          .help.emplace_back("two values are compared with `==`");
      retag(failure_.at, RecLexer::EQ);
      return true;
    }
    if (!failure_.expects(RecLexer::ASSIGN) || !has_before() || !is_word(before().type)) return false;
    error(Code::missing_equals, failure_.at,
          fmt::format("expected `=` after `{}`, found {}", list_.text(failure_.at - 1), found()),
          "`=` is missing before this");
    if (begins_operand(type()) && !here().line_start) {
      insert(failure_.at, RecLexer::ASSIGN);
    } else {
      take_out();
    }
    return true;
  }

  bool reserved_name() {
    if (!is_reserved(type()) || here().line_start || !failure_.expects(RecLexer::ID) || wants_operand() ||
        at_statement())
      return false;
    auto& out = error(Code::reserved_name, failure_.at, fmt::format("`{}` is a reserved word", text()),
                      "cannot be a name here");
    out.help.push_back(fmt::format("choose another name, `{}_` for example", text()));
    retag(failure_.at, RecLexer::ID);
    return true;
  }

  bool looser_operator() {
    if (!wants_operand() || (type() != RecLexer::IF && type() != RecLexer::NOT)) return false;
    error(Code::needs_parentheses, failure_.at,
          fmt::format("`{}` as the operand of another operator needs parentheses", text()),
          "looser than the operator before it")
        .help.push_back(type() == RecLexer::IF ? "write `(if c then a else b)`" : "write `(not x)`");
    take_out();
    return true;
  }

  std::string found() const { return describe_found(list_, failure_.at); }

  void general() {
    const size_t listed = listed_unit(list_, failure_);
    const std::string wanted = listed == RecParser::RuleStep         ? "the next step or `}`"
                               : listed == RecParser::RuleImportDecl ? "the next declaration"
                               : listed == RecParser::RuleChannel    ? "the next channel or `}`"
                               : listed == RecParser::RuleRuleLine   ? "the next rule or `}`"
                               : listed == RecParser::RuleTestLine   ? "the next line of the test or `}`"
                                                                     : describe_expected(failure_.expected);
    if (has_before() && (here().line_start || type() == antlr4::Token::EOF) && listed == 0) return ends_early(wanted);
    auto& out = error(
        Code::unexpected, failure_.at,
        wanted.empty() ? fmt::format("unexpected {}", found()) : fmt::format("expected {}, found {}", wanted, found()),
        wanted.empty() ? "does not fit here" : fmt::format("expected {}", wanted));
    if (wants_operand() && is_reserved(type()) && !here().line_start) {
      out.notes.push_back(
          fmt::format("`{}` is a reserved word: it can be a name only after `.` and `as`, and before `:`", text()));
    }
    if (listed != RecParser::RuleStep && listed != RecParser::RuleImportDecl) add_form(out);
  }

  // What was begun is not finished on its line: the place to look at is the end of that line.
  void ends_early(const std::string& wanted) {
    const source::Span end{list_.file, before().end, before().end};
    const auto last = list_.text(failure_.at - 1);
    auto& out =
        diagnostics_.error(Code::unexpected, end,
                           wanted.empty() ? fmt::format("nothing follows after `{}`, but something must", last)
                                          : fmt::format("expected {} after `{}`, found nothing more", wanted, last),
                           wanted.empty() ? "not finished" : fmt::format("expected {}", wanted));
    add_form(out);
  }

  void add_form(diagnostics::Diagnostic& out) const {
    for (const OpenRule& open : failure_.open) {
      const std::string_view form = form_of(open.rule, list_.tokens[open.begin].type);
      if (form.empty()) continue;
      out.notes.push_back(fmt::format("the form is `{}`", form));
      return;
    }
  }

  void take_out() { syntax::take_out(list_, failure_, lost_); }
  void take_out_from(size_t begin, size_t unit) { syntax::take_out_from(list_, failure_, begin, unit, lost_); }

  TokenList& list_;
  const Failure& failure_;
  std::vector<std::string>& lost_;
  diagnostics::Diagnostics& diagnostics_;
};

}  // namespace

void complain(TokenList& list, const Failure& failure, std::vector<std::string>& lost,
              diagnostics::Diagnostics& diagnostics) {
  Complainer(list, failure, lost, diagnostics).run();
}

}  // namespace rec::syntax
