// What a test expects of a page, in the scope of its pipeline's end: each value it looks at becomes a further emit.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/check/pipeline.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

using graph::Expectation;
using types::Kind;

namespace {

constexpr uint8_t kPageLevels = graph::kRequest | graph::kCandidate | graph::kBarrier;

const syntax::Call* call_of(const syntax::Expr& expr, std::string_view function) {
  const auto* call = std::get_if<syntax::Call>(&expr.node);
  const auto* callee = call == nullptr ? nullptr : std::get_if<syntax::NameRef>(&call->callee->node);
  return callee != nullptr && callee->name == function ? call : nullptr;
}

bool is_inserted(const syntax::Expr& expr) {
  const auto* ref = std::get_if<syntax::NameRef>(&expr.node);
  return ref != nullptr && ref->name == "inserted";
}

std::optional<int64_t> whole(const syntax::Expr& expr) {
  const auto* literal = std::get_if<syntax::IntLiteral>(&expr.node);
  return literal == nullptr ? std::nullopt
                            : std::optional(static_cast<int64_t>(std::min<uint64_t>(literal->magnitude, INT32_MAX)));
}

/// As the other side of the comparison would write it.
std::string turned(const std::string& comparison) {
  static const std::map<std::string, std::string> kTurned{{"<", ">"}, {"<=", ">="}, {">", "<"}, {">=", "<="}};
  const auto it = kTurned.find(comparison);
  return it == kTurned.end() ? comparison : it->second;
}

}  // namespace

graph::PlanPtr PipelineChecker::run_for(const syntax::TestDecl& test, graph::Test& out) {
  if (run() == nullptr) return nullptr;
  out.emits = plan_->emits.size();
  bind_emitted();
  const size_t before = context_.diagnostics.errors();
  for (const auto& line : test.lines) expect(line, out);
  return context_.diagnostics.errors() > before ? nullptr : plan_;
}

/// `emit EXPR as NAME` names a value too.
void PipelineChecker::bind_emitted() {
  for (const auto& emit : plan_->emits) {
    if (!scope_.names.contains(emit.name)) scope_.names[emit.name] = emit.value;
  }
}

size_t PipelineChecker::look_at(ExprId value) {
  plan_->emits.push_back({fmt::format("expectation {}", plan_->emits.size()), value});
  return plan_->emits.size() - 1;
}

void PipelineChecker::expect(const syntax::TestLine& line, graph::Test& out) {
  Expectation made{.text = source_text(line.span), .span = line.span};
  bool good = false;
  if (const auto* that = std::get_if<syntax::ExpectThat>(&line.node)) {
    good = that->position != nullptr ? expect_that(*that, made) : expect_page(*that->condition, made);
  } else if (const auto* ordered = std::get_if<syntax::ExpectOrdered>(&line.node)) {
    const ExprId key = expressions_.check_order(*ordered->by.key, scope_, kPageLevels, "what the page is ordered by");
    good = key != kNoExpr;
    made.kind = Expectation::Kind::ordered;
    made.ascending = ordered->by.ascending;
    if (good) made.emit = look_at(key);
  } else if (const auto* error = std::get_if<syntax::ExpectError>(&line.node)) {
    made.kind = Expectation::Kind::error;
    made.code = error->code;
    const size_t dots = made.code.find("\u2026");
    if (dots != std::string::npos) made.code.resize(dots);
    good = made.code.size() >= 2 && made.code[0] == 'R' &&
           std::all_of(made.code.begin() + 1, made.code.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!good) {
      context_.diagnostics
          .error(Code::bad_expectation, error->code_span, "an error is expected by its code, or how that begins",
                 "no code")
          .help.emplace_back("such as `expect error \"R8004\"`, or `\"R80\"` for any that begins so");
    }
  } else {
    return;
  }
  if (good) out.expectations.push_back(std::move(made));
}

/// `at N: C`, `C at N`.
bool PipelineChecker::expect_that(const syntax::ExpectThat& that, Expectation& out) {
  const auto position = whole(*that.position);
  if (!position || *position < 1) {
    context_.diagnostics.error(Code::bad_expectation, that.position->span,
                               "a position of a page is a whole number from 1", "not a position");
    return false;
  }
  out.position = *position;
  const auto* negation = std::get_if<syntax::Unary>(&that.condition->node);
  out.negated = negation != nullptr && negation->op == syntax::UnaryOp::logical_not && is_inserted(*negation->operand);
  if (out.negated || (is_inserted(*that.condition) && !scope_.names.contains("inserted"))) {
    out.kind = Expectation::Kind::inserted;
    return true;
  }
  const ExprId id =
      expressions_.check_as(*that.condition, scope_, types::boolean(), kPageLevels, "what is expected at a position");
  if (id == kNoExpr) return false;
  out.kind = Expectation::Kind::at;
  out.emit = look_at(id);
  return true;
}

/// `no(C)`, `every(C)`, `count() == N`.
bool PipelineChecker::expect_page(const syntax::Expr& condition, Expectation& out) {
  for (const auto& [word, kind] : {std::pair{"no", Expectation::Kind::none}, {"every", Expectation::Kind::every}}) {
    const auto* call = call_of(condition, word);
    if (call == nullptr) continue;
    if (call->arguments.size() != 1 || call->arguments[0].name) {
      context_.diagnostics.error(Code::bad_expectation, condition.span, fmt::format("`{}` takes one condition", word),
                                 "one condition");
      return false;
    }
    const ExprId id = expressions_.check_as(*call->arguments[0].value, scope_, types::boolean(), kPageLevels,
                                            fmt::format("what `{}` looks for", word));
    if (id == kNoExpr) return false;
    out.kind = kind;
    out.emit = look_at(id);
    return true;
  }
  if (expect_count(condition, out)) return true;
  auto& d = context_.diagnostics.error(Code::bad_expectation, condition.span, "this says nothing about a whole page",
                                       "which rows is it about?");
  d.help.emplace_back("`every(C)`, `no(C)`, `count() == 30`, `at 3: C`, `ordered by E`, `error \"R8004\"`");
  return false;
}

bool PipelineChecker::expect_count(const syntax::Expr& condition, Expectation& out) {
  using Op = syntax::BinaryOp;
  static const std::map<Op, std::string> kComparisons{{Op::equal, "=="},  {Op::not_equal, "!="},
                                                      {Op::less, "<"},    {Op::less_equal, "<="},
                                                      {Op::greater, ">"}, {Op::greater_equal, ">="}};
  const auto* binary = std::get_if<syntax::Binary>(&condition.node);
  const auto comparison = binary == nullptr ? kComparisons.end() : kComparisons.find(binary->op);
  if (comparison == kComparisons.end()) return false;
  const auto is_count = [](const syntax::Expr& side) {
    const auto* call = call_of(side, "count");
    return call != nullptr && call->arguments.empty();
  };
  const bool left = is_count(*binary->left);
  if (!left && !is_count(*binary->right)) return false;
  const auto number = whole(left ? *binary->right : *binary->left);
  if (!number) return false;
  out.kind = Expectation::Kind::count;
  out.count = *number;
  out.comparison = left ? comparison->second : turned(comparison->second);
  return true;
}

}  // namespace rec::check
