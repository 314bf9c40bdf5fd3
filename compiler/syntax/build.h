// From the generated parser's tree to ours.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/generated.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

/// Expressions deeper than this (a sum of so many terms) are refused: trees are walked recursively.
inline constexpr int kMaxExpressionDepth = 1000;

/// Builds the tree of one file. Reports what the grammar lets through but the language does not.
class Builder {
 public:
  Builder(const TokenList& list, diagnostics::Diagnostics& diagnostics) : list_(list), diagnostics_(diagnostics) {}

  Module module(RecParser::ModuleContext* tree);
  ExprPtr expression(RecParser::LoneExprContext* tree);

 private:
  using Node = antlr4::tree::TerminalNode;
  using Context = antlr4::ParserRuleContext;
  /// An expression and the height of its tree.
  struct Built {
    ExprPtr expr;
    int depth = 1;
  };

  // ---- places (build_module.cpp) ----
  Span span(const Context* context) const;
  Span span(Node* node) const { return list_.span(index(node)); }
  static size_t index(Node* node) { return node->getSymbol()->getTokenIndex(); }
  Name name(RecParser::NameContext* context) const;
  std::string doc(const Context* context) const;

  // ---- declarations (build_module.cpp) ----
  ImportDecl import_decl(RecParser::ImportDeclContext* tree);
  ParamDecl param_decl(RecParser::ParamDeclContext* tree);
  FnDecl fn_decl(RecParser::FnDeclContext* tree);
  PipelineDecl pipeline_decl(RecParser::PipelineDeclContext* tree);
  // ---- tests (build_tests.cpp) ----
  TestDecl test_decl(RecParser::TestDeclContext* tree);
  TestLine test_line(RecParser::TestLineContext* tree);
  decltype(TestLine::node) expectation(RecParser::ExpectationContext* tree);
  Record record(RecParser::RecordContext* tree);

  TypeSyntax type(RecParser::TypeContext* tree);
  void need_literal(const Expr& value, std::string_view what);

  // ---- steps (build_steps.cpp) ----
  std::vector<Step> block(RecParser::BlockContext* tree);
  Step step(RecParser::StepContext* tree);
  decltype(Step::node) step_node(RecParser::StepContext* tree);
  OrderBy ordering(RecParser::OrderingContext* tree);
  OperatorRef operator_ref(RecParser::OperatorRefContext* tree);
  Channel channel(RecParser::ChannelContext* tree);
  MergeStep merge(RecParser::MergeStepContext* tree);
  WhenStep when(RecParser::WhenStepContext* tree);
  InsertStep insert(RecParser::InsertStepContext* tree);
  RerankStep rerank(RecParser::RerankStepContext* tree);
  Rule rule(RecParser::RuleLineContext* tree);
  void place(RecParser::PlaceContext* tree, InsertStep& out);
  template <typename Target>
  void source_option(RecParser::SourceOptionContext* tree, Target& out);
  template <typename Slot, typename Value>
  void set_once(Slot& slot, Value value, const Context* option);

  // ---- expressions (build_expr.cpp) ----
  ExprPtr expr(RecParser::ExprContext* tree) { return any(tree).expr; }
  ExprPtr expr(RecParser::AdditiveContext* tree) { return sum(tree).expr; }
  Built any(RecParser::ExprContext* tree);
  Built disjunction(RecParser::DisjunctionContext* tree);
  Built conjunction(RecParser::ConjunctionContext* tree);
  Built negation(RecParser::NegationContext* tree);
  Built comparison(RecParser::ComparisonContext* tree);
  Built compare(Built left, RecParser::ComparisonTailContext* tail);
  Built sum(RecParser::AdditiveContext* tree);
  Built product(RecParser::MultiplicativeContext* tree);
  Built coalesce(RecParser::CoalesceContext* tree);
  Built unary(RecParser::UnaryContext* tree);
  Built power(RecParser::PowerContext* tree);
  Built postfix(RecParser::PostfixContext* tree);
  Built trailer(Built base, RecParser::TrailerContext* tree);
  Built primary(RecParser::PrimaryContext* tree);
  Built name_ref(RecParser::NameContext* tree);
  Built literal(Node* node);
  Built string_literal(Node* node);
  Built number(size_t token);
  Built list_literal(RecParser::PrimaryContext* tree);
  std::vector<Argument> arguments(RecParser::ArgumentsContext* tree, int* depth = nullptr);
  Built binary(BinaryOp op, Node* sign, Built left, Built right);
  Built make(Span where, decltype(Expr::node) node, int depth);
  Built error_expr(Span where);
  void check_default(RecParser::CoalesceContext* before, Node* sign);

  const TokenList& list_;
  diagnostics::Diagnostics& diagnostics_;
  std::set<std::string, std::less<>> declared_;  // names that the file binds somewhere
  Span too_long_{};                              // the expression that was last refused for its depth
  bool declared_known_ = false;
  bool declares(std::string_view name);
};

}  // namespace rec::syntax
