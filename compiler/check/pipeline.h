// One pipeline: its steps, in order, become the steps of a plan.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/expressions.h"
#include "compiler/graph/test.h"

namespace rec::check {

/// The type that both have (int and float: float; T and T?: T?), if there is one.
std::optional<types::Type> meet(const types::Type& a, const types::Type& b);

/// A source with its options, as a channel or an `insert` writes it; null where not given.
struct SourceSyntax {
  Span span;
  std::string name;
  const syntax::OperatorRef& source;
  const syntax::Expr *where, *take, *timeout;
  const syntax::OrderBy* by;
};

class PipelineChecker {
 public:
  PipelineChecker(const Context& context, const syntax::PipelineDecl& decl)
      : context_(context), decl_(decl), expressions_(context, *plan_) {}

  /// The plan; nullptr after an error.
  std::shared_ptr<const graph::Plan> run();
  /// The plan with what a test's expectations look at as further emits, and those expectations. `out.emits`: how many
  /// are its own.
  graph::PlanPtr run_for(const syntax::TestDecl& test, graph::Test& out);

 private:
  bool tables();
  void step(const syntax::Step& step);
  void eligible(const syntax::EligibleStep& eligible, const syntax::Step& step);
  void deadline(const syntax::DeadlineStep& deadline, const syntax::Step& step);
  void let(const syntax::LetStep& let, const syntax::Step& step);
  bool reserved_name(const syntax::Name& name);
  // score.cpp
  void score(const syntax::ScoreStep& score, const syntax::Step& step);
  bool score_inputs(const syntax::ScoreStep& score, const catalog::Model& model, graph::ScoreStep& out);
  bool named_inputs(const syntax::ScoreStep& score, const catalog::Model& model,
                    std::map<size_t, const syntax::Expr*>& out);
  ExprId given_input(const syntax::Expr& expr, const std::string& name, const types::Type& wanted);
  ExprId score_column(const std::string& name, Span span, graph::ScoreStep& out);
  void mark_scored(uint32_t column);
  bool depends_on_score(ExprId id) const;
  void check_decidable(ExprId condition, Span span);

  void where(const syntax::WhereStep& where, const syntax::Step& step);
  void top(const syntax::TopStep& top, const syntax::Step& step);
  void sort(const syntax::SortStep& sort, const syntax::Step& step);
  void take(const syntax::TakeStep& take, const syntax::Step& step);
  void sample(const syntax::SampleStep& sample, const syntax::Step& step);
  // when.cpp
  void when(const syntax::WhenStep& when, const syntax::Step& step);
  void join_names(const syntax::WhenStep& when, graph::WhenStep& out, const std::vector<Scope>& sides);
  void join_name(const std::string& name, Span place, graph::WhenStep& out, const std::vector<Scope>& sides);
  ExprId join_values(const std::string& name, Span place, graph::WhenStep& out, const std::vector<Scope>& sides,
                     std::vector<ExprId> values);
  ExprId join_records(const std::string& name, Span place, graph::WhenStep& out, const std::vector<Scope>& sides,
                      const std::vector<ExprId>& records);

  // expectations.cpp
  void bind_emitted();
  void expect(const syntax::TestLine& line, graph::Test& out);
  bool expect_that(const syntax::ExpectThat& that, graph::Expectation& out);
  bool expect_page(const syntax::Expr& condition, graph::Expectation& out);
  bool expect_count(const syntax::Expr& condition, graph::Expectation& out);
  size_t look_at(ExprId value);

  // insert.cpp
  void insert(const syntax::InsertStep& insert, const syntax::Step& step);
  bool place(const syntax::InsertStep& written, graph::InsertStep& out);
  bool known_places(const syntax::InsertStep& written, const graph::InsertStep& made);
  graph::PlanPtr insert_source(const syntax::InsertStep& insert, const PipelineChecker& page, graph::InsertStep& out);
  size_t table_of(const syntax::OperatorRef& source) const;
  void request_values_of(const PipelineChecker& page);
  bool place_column(const syntax::Name& column, const graph::Channel& channel, graph::InsertStep& out);
  void emit_as_page(const PipelineChecker& page);
  void backfill(const syntax::BackfillStep& backfill, const syntax::Step& step);

  void emit(const syntax::EmitStep& emit, const syntax::Step& step);
  void emit_ordering();
  bool in_place(const syntax::Step& step);

  // channels.cpp
  void recall(const syntax::RecallStep& recall, const syntax::Step& step);
  bool channel(const SourceSyntax& written, graph::Channel& out);
  bool pipeline_source(const SourceSyntax& written, const syntax::PipelineDecl& decl, graph::Channel& out);
  bool channel_source(const SourceSyntax& written, graph::Channel& out);
  // merge.cpp
  void merge(const syntax::MergeStep& merge, const syntax::Step& step);
  void merge_argument(const syntax::MergeArgument& argument, graph::MergeStep& out);
  void merge_channel(const syntax::MergeArgument& argument, size_t channel, graph::MergeStep& out);
  void check_promises(const graph::MergeStep& merge, Span policy);
  std::optional<int64_t> known_count(ExprId id) const;
  void finish_merge();
  // channel_options.cpp
  bool channel_options(const syntax::Channel& written, graph::Channel& out);
  void stand_ins(const syntax::RecallStep& recall, graph::RecallStep& out);

  // rerank.cpp, rules.cpp
  void rerank(const syntax::RerankStep& rerank, const syntax::Step& step);
  ExprId candidate_vectors(const syntax::Expr& expr, const std::string& what);
  bool similarity(const syntax::Expr& expr, ExprId weight, std::vector<graph::SimilarityTerm>& terms);
  bool similarity_term(const syntax::Expr& expr, const syntax::Call& call, std::string_view name, ExprId weight,
                       std::vector<graph::SimilarityTerm>& terms);
  ExprId similarity_weight(const syntax::Expr& expr);
  bool rule(const syntax::Rule& written, graph::Rule& out);
  void check_rules(const graph::RerankStep& step);

  // arguments.cpp
  /// Arguments as given, matched to an operator's parameters: one pointer a parameter, null where not given. Reports
  /// what does not fit.
  bool match(const operators::OperatorDef& def, const syntax::OperatorRef& ref,
             std::vector<const syntax::Argument*>& out);
  bool in_bounds(const operators::ParameterDef& parameter, ExprId value, Span span);
  bool source_arguments(const SourceSyntax& written, graph::Channel& out);
  std::optional<uint32_t> dimension_of(const catalog::Index& index) const;
  ExprId query(const syntax::Expr& expr, const graph::Channel& channel, const std::string& what);
  bool index_argument(const syntax::Argument& argument, const operators::OperatorDef& def, graph::SourceArgument& out);

  graph::Order order(const syntax::OrderBy& by, std::string_view what);
  std::string source_text(Span span) const;
  graph::Step& push(const syntax::Step& step, decltype(graph::Step::what) what);
  void bind(const syntax::Name& name, ExprId value);

  const Context& context_;
  const syntax::PipelineDecl& decl_;
  std::shared_ptr<graph::Plan> plan_ = std::make_shared<graph::Plan>();
  Expressions expressions_;
  Scope scope_;
  std::vector<std::string> channel_names_;
  std::vector<graph::PlanPtr> channel_plans_;  // null: the channel is no pipeline
  std::vector<graph::Predicate> eligible_;
  bool recalled_ = false, merged_ = false, emitted_ = false;
  Span recall_span_, emit_span_;
  std::vector<uint8_t> scored_{};  // let columns that depend on a score
  std::optional<Span> deadline_span_{};
  bool deadline_else_ = false;
  uint32_t samples_ = 0;                  // so far
  uint32_t inserts_ = 0;                  // so far
  std::map<int64_t, Span> places_{};      // that inserts always take
  std::optional<Span> foreign_insert_{};  // the first `insert` of another table
  bool inserting_ = false;                // this is the source of an `insert`
  ExprId ordering_ = kNoExpr;             // the last ordering expression, and how it was written
  std::string ordering_text_;
};

}  // namespace rec::check
