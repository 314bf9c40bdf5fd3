// Whatever the bytes, the parser ends, says something, and does not run out of stack.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "compiler/syntax/parse.h"

namespace rec::syntax {
namespace {

struct Outcome {
  size_t errors = 0;
  std::string text;
};

Outcome parse(const std::string& text) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  parse_module(sources.add("r", text), sources, diagnostics);
  return {diagnostics.errors(), render_text(diagnostics, sources)};
}

std::string repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Robustness, DeepNestingIsOneError) {
  constexpr int kMany = 50'000;
  const std::string head = "fn f(x: float) = ";
  for (const std::string& body :
       {repeat("(", kMany) + "x" + repeat(")", kMany), repeat("-", kMany) + "x", repeat("not ", kMany) + "x",
        repeat("x ?? ", kMany) + "x", repeat("x ** ", kMany) + "x", repeat("if x then x else ", kMany) + "x",
        repeat("if ", kMany) + "x", repeat("[", kMany) + "x" + repeat("]", kMany),
        repeat("f(", kMany) + "x" + repeat(")", kMany), repeat("f(e => ", kMany) + "x" + repeat(")", kMany),
        repeat("x + ", kMany) + "x", repeat("x and ", kMany) + "x", repeat("x.a", kMany), "x" + repeat(".a", kMany),
        "x" + repeat("[0]", kMany), repeat("x * (", 150) + repeat("x + ", 990) + "x" + repeat(")", 150)}) {
    const Outcome outcome = parse(head + body);
    EXPECT_EQ(outcome.errors, 1u) << outcome.text.substr(0, 500);
  }
  const Outcome steps = parse("pipeline p(user: u, item: i) {" + repeat("when a {", kMany) + repeat("}", kMany) + "}");
  EXPECT_EQ(steps.errors, 1u);
  EXPECT_GE(parse(repeat("(", kMany)).errors, 1u);
  EXPECT_GE(parse(repeat("}", 500)).errors, 1u);
}

TEST(Robustness, NestingWithinTheBoundParses) {
  EXPECT_EQ(parse("fn f(x: float) = " + repeat("(", 190) + "x" + repeat(")", 190)).errors, 0u);
  EXPECT_EQ(parse("fn f(x: float) = " + repeat("-", 190) + "x").errors, 0u);
  EXPECT_EQ(parse("fn f(x: float) = " + repeat("x + ", 990) + "x").errors, 0u);
  EXPECT_EQ(parse("fn f(x: float) = " + repeat("-x + -x * ", 400) + "x").errors, 0u);
  EXPECT_EQ(parse("param a : [int] = [" + repeat("-1, ", 5000) + "]").errors, 0u);
}

TEST(Robustness, RandomBytes) {
  std::mt19937 random(11);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = static_cast<char>(i % 2 == 0 ? random() % 256 : 32 + random() % 95);
    const Outcome outcome = parse(text);
    EXPECT_EQ(outcome.errors == 0, outcome.text.empty());
  }
}

TEST(Robustness, RandomTokens) {
  constexpr std::array kTokens = {
      "pipeline", "p",      "(",      ")",      "{",     "}",      "[",     "]",      "user", "item",   ":",
      ",",        "recall", "=",      "items",  "take",  "10",     "where", "let",    "x",    "score",  "top",
      "by",       "when",   "else",   "if",     "then",  "not",    "and",   "or",     "in",   "is",     "none",
      "..",       ".",      "+",      "-",      "*",     "%",      "??",    "**",     "=>",   "rerank", "insert",
      "at",       "random", "column", "most",   "every", "from",   "emit",  "as",     "\n",   "\n",     "\"s\"",
      "1.5",      "80ms",   "fn",     "param",  "test",  "import", "given", "expect", "enum", "?",      "==",
      "AND",      ";",      "'q'",    "\"open", "5sec",  "/*",     "#",     "merge",  "must", "least",  "row",
      "a",        "first",  "any",    "sample", "sort",  "asc",    "é",     "true"};
  std::mt19937 random(12);
  for (int i = 0; i < 2000; ++i) {
    std::string text = i % 2 == 0 ? "pipeline p(user: u, item: i) {\n" : "";
    const size_t count = random() % 40;
    for (size_t t = 0; t < count; ++t) text += std::string(kTokens[random() % kTokens.size()]) + " ";
    const Outcome outcome = parse(text);
    EXPECT_EQ(outcome.errors == 0, outcome.text.empty());
    EXPECT_LT(outcome.errors, 100u);
  }
}

TEST(Robustness, TextThatIsNoText) {
  EXPECT_EQ(parse("let \xFF").errors, 1u);
  EXPECT_EQ(parse(std::string("let \0 x", 7)).errors, 1u);
  EXPECT_EQ(parse("").errors, 0u);
}

}  // namespace
}  // namespace rec::syntax
