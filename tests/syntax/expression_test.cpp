// Expressions: precedence, printing, literals; and that printing and parsing are each other's inverse.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "compiler/syntax/parse.h"

namespace rec::syntax {
namespace {

ExprPtr parse(const std::string& text, std::string* messages = nullptr) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto file = sources.add("e", text);
  auto expr = parse_expression({file, 0, static_cast<uint32_t>(text.size())}, sources, diagnostics);
  const std::string rendered = render_text(diagnostics, sources);
  if (messages != nullptr) {
    *messages = rendered;
  } else {
    EXPECT_EQ(rendered, "") << text;
  }
  return expr;
}

std::string normal(const std::string& text) {
  return print(*parse(text));
}

TEST(Precedence, Table) {
  // Each pair means the same tree, so it prints the same.
  const std::array<std::pair<const char*, const char*>, 29> kSame = {{
      {"a or b and c", "a or (b and c)"},
      {"not a and b", "(not a) and b"},
      {"not a == b", "not (a == b)"},
      {"a + b == c * d", "(a + b) == (c * d)"},
      {"a - b - c", "(a - b) - c"},
      {"a + b * c", "a + (b * c)"},
      {"a / b / c", "(a / b) / c"},
      {"a % b * c", "(a % b) * c"},
      {"a * b ?? c", "a * (b ?? c)"},
      {"a ?? b ?? c", "a ?? (b ?? c)"},
      {"-a ?? b", "(-a) ?? b"},
      {"-a ** b", "-(a ** b)"},
      {"a ** -b", "a ** (-b)"},
      {"a ** b ** c", "a ** (b ** c)"},
      {"-a.b", "-(a.b)"},
      {"a.b ** 2", "(a.b) ** 2"},
      {"a in b and c", "(a in b) and c"},
      {"a not in b or c", "(a not in b) or c"},
      {"x in a + 1 .. b * 2", "x in (a + 1) .. (b * 2)"},
      {"x is none and y is not none", "(x is none) and (y is not none)"},
      {"if a or b then c else d or e", "if (a or b) then c else (d or e)"},
      {"if a then b else if c then d else e", "if a then b else (if c then d else e)"},
      {"1 + x ?? 0 < 3", "(1 + (x ?? 0)) < 3"},
      {"f(a, b: c).d[1]", "((f(a, b: c)).d)[1]"},
      {"s.count(e => a or b)", "s.count(e => (a or b))"},
      {"not not a", "not (not a)"},
      {"--a", "-(-a)"},
      {"a == b or c != d", "(a == b) or (c != d)"},
      {"- a * b", "(-a) * b"},
  }};
  for (const auto& [loose, tight] : kSame) EXPECT_EQ(normal(loose), normal(tight)) << loose;
}

TEST(Precedence, WhatPrintsAsItStands) {
  for (const char* text : {"(a + b) * c",
                           "a - (b - c)",
                           "(a ** b) ** c",
                           "(-a) ** b",
                           "(a ?? b) ?? c",
                           "(a ?? b) + c",
                           "a * (b ?? c) + 1",
                           "(if a then b else c) + 1",
                           "1 + (if a then b else c)",
                           "a == (not b)",
                           "(not a) == b",
                           "-(a + b)",
                           "(a == b) == c",
                           "(a or b) and c",
                           "p.click * (1 + like)",
                           "(recent ?? request.now) - 30d",
                           "f(if a then b else c)",
                           "[1, -2, x]",
                           "a[b + 1]",
                           "(a + b).c",
                           "\"a\\n\\u{1}\"",
                           "time(\"2026-11-01T00:00+08:00\")",
                           "a ** -b ** c",
                           "-a.b(c)[0]",
                           "(e ?? f).g",
                           "x not in a .. b",
                           "a is not none",
                           "none",
                           "1e-3",
                           "90m",
                           "item.in.take"}) {
    EXPECT_EQ(normal(text), text);
  }
}

TEST(Literals, Values) {
  EXPECT_EQ(std::get<IntLiteral>(parse("1_000")->node).magnitude, 1000u);
  EXPECT_EQ(std::get<IntLiteral>(parse("9223372036854775808")->node).magnitude, uint64_t{1} << 63);
  EXPECT_EQ(std::get<FloatLiteral>(parse("1_0.5e-3")->node).value, 10.5e-3);
  EXPECT_EQ(std::get<FloatLiteral>(parse("1_0.5e-3")->node).text, "10.5e-3");
  EXPECT_EQ(std::get<DurationLiteral>(parse("1.5h")->node).microseconds, 5'400'000'000);
  EXPECT_EQ(std::get<StringLiteral>(parse(R"("a\"\\\n\t\u{1F600}é")")->node).value, "a\"\\\n\t\xF0\x9F\x98\x80\u00e9");
  EXPECT_TRUE(std::get<BoolLiteral>(parse("true")->node).value);
  EXPECT_EQ(std::get<ListLiteral>(parse("[1, [2], ]")->node).items.size(), 2u);
}

// Random trees of every node, for printing.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  ExprPtr make(int depth) {
    auto expr = std::make_unique<Expr>();
    if (depth <= 0) {
      leaf(*expr);
      return expr;
    }
    switch (pick(9)) {
      case 0:
        expr->node = Unary{pick(2) == 0 ? UnaryOp::negate : UnaryOp::logical_not, make(depth - 1)};
        break;
      case 1:
        expr->node = If{make(depth - 1), make(depth - 1), make(depth - 1)};
        break;
      case 2:
        expr->node = InRange{pick(2) == 0, make(depth - 1), make(depth - 1), make(depth - 1)};
        break;
      case 3:
        expr->node = IsNone{pick(2) == 0, make(depth - 1)};
        break;
      case 4:
        expr->node = Member{make(depth - 1), {"take", {}}};
        break;
      case 5:
        expr->node = Index{make(depth - 1), make(depth - 1)};
        break;
      case 6:
        call(*expr, depth);
        break;
      default:
        expr->node = Binary{static_cast<BinaryOp>(pick(17)), {}, make(depth - 1), make(depth - 1)};
    }
    return expr;
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  void leaf(Expr& expr) {
    switch (pick(6)) {
      case 0:
        expr.node = IntLiteral{static_cast<uint64_t>(pick(100))};
        break;
      case 1:
        expr.node = NameRef{"by"};
        break;
      case 2:
        expr.node = StringLiteral{"\"\\\n"};
        break;
      case 3:
        expr.node = NoneLiteral{};
        break;
      case 4:
        expr.node = DurationLiteral{pick(100'000'000)};
        break;
      default:
        expr.node = NameRef{"x"};
    }
  }
  void call(Expr& expr, int depth) {
    Call call;
    call.callee = std::make_unique<Expr>();
    call.callee->node = NameRef{"f"};
    call.arguments.push_back({std::nullopt, make(depth - 1)});
    auto lambda = std::make_unique<Expr>();
    lambda->node.emplace<Lambda>();
    std::get<Lambda>(lambda->node).parameter.text = "e";
    std::get<Lambda>(lambda->node).body = make(depth - 1);
    call.arguments.push_back({Name{"in", {}}, std::move(lambda)});
    expr.node = std::move(call);
  }
  std::mt19937 random_;
};

TEST(Print, ParsesBackToTheSame) {
  Generator generator(7);
  for (int i = 0; i < 1500; ++i) {
    const auto expr = generator.make(i % 6);
    const std::string text = print(*expr);
    ASSERT_EQ(normal(text), text);
  }
}

// Taking any pair of parentheses away changes what the text means, or makes it wrong: none is there without need.
TEST(Print, HasOnlyTheParenthesesThatAreNeeded) {
  Generator generator(8);
  for (int i = 0; i < 300; ++i) {
    const std::string text = print(*generator.make(3));
    std::vector<size_t> open;
    for (size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '(') open.push_back(at);
      if (text[at] != ')') continue;
      const size_t begin = open.back();
      open.pop_back();
      const bool call = begin > 0 && (text[begin - 1] == 'f' || text[begin - 1] == ')');
      if (call && begin >= 1 && text[begin - 1] == 'f') continue;
      std::string without = text;
      without[begin] = ' ';
      without[at] = ' ';
      std::string messages;
      const auto expr = parse(without, &messages);
      EXPECT_TRUE(!messages.empty() || print(*expr) != text) << text << "\n" << without;
    }
  }
}

}  // namespace
}  // namespace rec::syntax
