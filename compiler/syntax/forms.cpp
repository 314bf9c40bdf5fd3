// The tables behind "the form is ..." and "write ...".
#include "compiler/syntax/forms.h"

#include <algorithm>
#include <array>

#include "compiler/syntax/generated.h"

namespace rec::syntax {
namespace {

constexpr std::array<Habit, 31> kStepHabits{
    {{"filter", "where CONDITION", RecLexer::WHERE},
     {"having", "where CONDITION", RecLexer::WHERE},
     {"limit", "take N", RecLexer::TAKE},
     {"head", "take N", RecLexer::TAKE},
     {"order", "sort by EXPR", RecLexer::SORT},
     {"orderby", "sort by EXPR", 0},
     {"sort_by", "sort by EXPR", 0},
     {"var", "let NAME = EXPR", RecLexer::LET},
     {"const", "let NAME = EXPR", RecLexer::LET},
     {"val", "let NAME = EXPR", RecLexer::LET},
     {"set", "let NAME = EXPR", RecLexer::LET},
     {"compute", "let NAME = EXPR", RecLexer::LET},
     {"return", "emit EXPR, …", RecLexer::EMIT},
     {"select", "emit EXPR, …", RecLexer::EMIT},
     {"output", "emit EXPR, …", RecLexer::EMIT},
     {"yield", "emit EXPR, …", RecLexer::EMIT},
     {"if", "when CONDITION { … }", RecLexer::WHEN},
     {"elif", "else when CONDITION { … }", RecLexer::ELSE},
     {"elsif", "else when CONDITION { … }", RecLexer::ELSE},
     {"elseif", "else when CONDITION { … }", RecLexer::ELSE},
     {"rank", "top N by EXPR", 0},
     {"predict", "score NAME = MODEL", RecLexer::SCORE},
     {"blend", "merge POLICY", 0},
     {"union", "merge POLICY", 0},
     {"retrieve", "recall { … }", 0},
     {"candidates", "recall { … }", 0},
     {"diversify", "rerank mmr(relevance: E, similarity: S, theta: T) take N", 0},
     {"fill", "backfill to N", 0},
     {"exclude", "where not CONDITION", 0},
     {"from", "recall { NAME = SOURCE take N }", 0},
     {"for", "no loop: each step works on all candidates at once, and `user.clicks.sum(e => …)` goes over events", 0}}};

constexpr std::array<ForeignWord, 6> kForeignWords{
    {{"between", "write `x in a .. b`, which holds both ends"},
     {"like", "write `starts_with(s, \"…\")`, or `s in [\"a\", \"b\"]`"},
     {"desc", "the largest come first by themselves; `asc` turns an order around"},
     {"descending", "the largest come first by themselves; `asc` turns an order around"},
     {"contains", "write `x in list`, or `overlaps(a, b)` of two lists"},
     {"if", "write `if C then A else B`"}}};

constexpr std::array<Habit, 11> kDeclarationHabits{
    {{"def", "fn NAME(x: float) = EXPR", RecLexer::FN},
     {"select", "pipeline NAME(user: TABLE, item: TABLE) { recall { … } where … top N by … }", 0},
     {"function", "fn NAME(x: float) = EXPR", RecLexer::FN},
     {"func", "fn NAME(x: float) = EXPR", RecLexer::FN},
     {"fun", "fn NAME(x: float) = EXPR", RecLexer::FN},
     {"include", "import \"FILE\"", RecLexer::IMPORT},
     {"use", "import \"FILE\"", RecLexer::IMPORT},
     {"parameter", "param NAME : TYPE = LITERAL", RecLexer::PARAM},
     {"const", "param NAME : TYPE = LITERAL", 0},
     {"var", "param NAME : TYPE = LITERAL", 0},
     {"strategy", "pipeline NAME(user: TABLE, item: TABLE) { … }", RecLexer::PIPELINE}}};

struct Form {
  size_t type;
  std::string_view text;
};

constexpr std::array<Form, 16> kStepForms{
    {{RecLexer::DEADLINE, "deadline DURATION [else PIPELINE]"},
     {RecLexer::ELIGIBLE, "eligible CONDITION"},
     {RecLexer::RECALL, "recall { NAME = SOURCE take N … }"},
     {RecLexer::MERGE, "merge POLICY[(CHANNEL: N, …)]"},
     {RecLexer::WHERE, "where CONDITION"},
     {RecLexer::LET, "let NAME = EXPR"},
     {RecLexer::SCORE, "score NAME = MODEL[(INPUT: EXPR, …)]"},
     {RecLexer::TOP, "top N by EXPR [asc]"},
     {RecLexer::SORT, "sort by EXPR [asc]"},
     {RecLexer::TAKE, "take N [per EXPR]"},
     {RecLexer::SAMPLE, "sample N by EXPR [temperature T]"},
     {RecLexer::WHEN, "when CONDITION { … } else when CONDITION { … } else { … }"},
     {RecLexer::RERANK, "rerank ALGORITHM(…) take N [after LIST] [{ rules }]"},
     {RecLexer::INSERT, "insert SOURCE [options] at 3, 9 [most K] [apart K]"},
     {RecLexer::BACKFILL, "backfill to N"},
     {RecLexer::EMIT, "emit EXPR [as NAME], …"}}};

}  // namespace

std::string_view form_of(size_t rule, size_t first_token) {
  switch (rule) {
    case RecParser::RuleChannel:
      return "NAME = SOURCE [where C] [by E] [take N] [timeout D] [when C] [else CHANNEL] [required]";
    case RecParser::RuleRuleLine:
      return "[must] at most K in a row | in any W | in first T [where C] [by E]";
    case RecParser::RuleImportDecl:
      return "import \"FILE\"";
    case RecParser::RuleParamDecl:
      return "param NAME : TYPE = LITERAL [within LOW .. HIGH]";
    case RecParser::RuleFnDecl:
      return "fn NAME(ARGUMENT: TYPE, …) = EXPR";
    case RecParser::RulePipelineDecl:
      return "pipeline NAME(user: TABLE, item: TABLE) { … }";
    case RecParser::RuleTestDecl:
      return "test \"TITLE\" { given … with … run PIPELINE expect … }";
    case RecParser::RuleStep: {
      const auto* found = std::ranges::find(kStepForms, first_token, &Form::type);
      return found == kStepForms.end() ? std::string_view{} : found->text;
    }
    default:
      return {};
  }
}

const ForeignWord* foreign_word_behind(std::string_view word) {
  const auto* found = std::ranges::find(kForeignWords, word, &ForeignWord::seen);
  return found == kForeignWords.end() ? nullptr : found;
}

const Habit* step_habit(std::string_view word) {
  const auto* found = std::ranges::find(kStepHabits, word, &Habit::seen);
  return found == kStepHabits.end() ? nullptr : found;
}

const Habit* declaration_habit(std::string_view word) {
  const auto* found = std::ranges::find(kDeclarationHabits, word, &Habit::seen);
  return found == kDeclarationHabits.end() ? nullptr : found;
}

const std::vector<std::string>& step_words() {
  static const std::vector<std::string> kWords = {"deadline", "eligible", "recall",   "merge", "where",  "let",
                                                  "score",    "top",      "sort",     "take",  "sample", "when",
                                                  "rerank",   "insert",   "backfill", "emit"};
  return kWords;
}

const std::vector<std::string>& declaration_words() {
  static const std::vector<std::string> kWords = {"import", "param", "fn", "pipeline", "test"};
  return kWords;
}

}  // namespace rec::syntax
