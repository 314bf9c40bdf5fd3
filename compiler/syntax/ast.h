// The syntax tree of a `.rec` file: what was written, before names and types are looked at.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/source.h"

namespace rec::syntax {

using source::Span;

struct Name {
  std::string text;
  Span span;
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

// ---- expressions ----

struct BoolLiteral {
  bool value;
};
/// `magnitude` may be 2^63 right under a unary minus only; the checker says so elsewhere.
struct IntLiteral {
  uint64_t magnitude;
};
struct FloatLiteral {
  double value;
  std::string text;
};
struct DurationLiteral {
  int64_t microseconds;
};
struct StringLiteral {
  std::string value;
};  // escapes resolved
struct NoneLiteral {};
struct ListLiteral {
  std::vector<ExprPtr> items;
};
struct NameRef {
  std::string name;
};
struct Member {
  ExprPtr base;
  Name member;
};  // base.member
struct Index {
  ExprPtr base;
  ExprPtr index;
};  // base[index]
struct Argument {
  std::optional<Name> name;
  ExprPtr value;
};
struct Call {
  ExprPtr callee;
  std::vector<Argument> arguments;
};  // callee: NameRef or Member
struct Lambda {
  Name parameter;
  ExprPtr body;
};  // e => body; an argument only
enum class UnaryOp { negate, logical_not };
struct Unary {
  UnaryOp op;
  ExprPtr operand;
};
enum class BinaryOp {
  logical_or,
  logical_and,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  coalesce,
  power
};
struct Binary {
  BinaryOp op;
  Span op_span;
  ExprPtr left;
  ExprPtr right;
};
struct InRange {
  bool negated;
  ExprPtr value;
  ExprPtr low;
  ExprPtr high;
};  // value [not] in low .. high
struct IsNone {
  bool negated;
  ExprPtr value;
};
struct If {
  ExprPtr condition;
  ExprPtr then_value;
  ExprPtr else_value;
};
/// Stands where a syntax error was reported; the checker is silent about it.
struct ErrorExpr {};

struct Expr {
  Span span;
  bool parenthesised = false;
  std::variant<BoolLiteral, IntLiteral, FloatLiteral, DurationLiteral, StringLiteral, NoneLiteral, ListLiteral, NameRef,
               Member, Index, Call, Lambda, Unary, Binary, InRange, IsNone, If, ErrorExpr>
      node;
};

// ---- declarations ----

struct TypeSyntax {
  Span span{};
  std::string name{};                     // "int", "float", ..., "vector", "row", "enum"; "list": element
  std::unique_ptr<TypeSyntax> element{};  // list
  ExprPtr size{};                         // vector(N)
  Name table{};                           // row(TABLE)
  std::vector<Name> variants{};           // enum
  bool optional = false;
};

struct ImportDecl {
  Span span;
  std::string path{};
  Span path_span;
};

struct ParamDecl {
  Span span{};
  std::string doc{};  // of the `///` lines above, joined by newlines
  Name name{};
  TypeSyntax type{};
  ExprPtr default_value{};
  ExprPtr low{}, high{};  // within LOW .. HIGH; null where not given
};

struct FnParameter {
  Name name{};
  TypeSyntax type{};
};
struct FnDecl {
  Span span;
  std::string doc{};
  Name name{};
  std::vector<FnParameter> parameters{};
  ExprPtr body{};
};

// ---- pipeline steps ----

struct Step;

struct DeadlineStep {
  ExprPtr deadline{};
  std::optional<Name> otherwise{};
};
struct EligibleStep {
  ExprPtr condition{};
};
struct WhereStep {
  ExprPtr condition{};
};
struct LetStep {
  Name name{};
  ExprPtr value{};
};
struct ScoreStep {
  Name name{};
  Name model{};
  std::vector<Argument> inputs{};
};
struct OrderBy {
  ExprPtr key{};
  bool ascending = false;
};
struct TopStep {
  ExprPtr count{};
  OrderBy by{};
};
struct SortStep {
  OrderBy by{};
};
struct TakeStep {
  ExprPtr count{};
  ExprPtr per{};
};  // per: may be null
struct SampleStep {
  ExprPtr count{};
  ExprPtr by{};
  ExprPtr temperature{};
};  // temperature: may be null

/// NAME(arguments): a source, a merge policy, a reranker. Without parentheses `arguments` is empty and `called` false.
struct OperatorRef {
  Span span;
  Name name{};
  bool called = false;
  std::vector<Argument> arguments{};
};

struct Channel {
  Span span{};
  std::string doc{};
  Name name{};
  OperatorRef source{};                        // `items`, `list(..)`, `similar_items(..)`, a pipeline's name, ...
  ExprPtr where{}, take{}, timeout{}, when{};  // null where not given
  std::optional<OrderBy> by{};
  std::optional<Name> otherwise{};  // else CHANNEL
  bool required = false;
};
struct RecallStep {
  std::vector<Channel> channels{};
};
struct MergeArgument {
  Name channel{};
  ExprPtr low{};
  ExprPtr high{};
};  // a: 3 (high null), a: 10 .. 100; `take` too
struct MergeStep {
  Name policy{};
  std::vector<MergeArgument> arguments{};
};

struct WhenArm {
  Span span;
  ExprPtr condition{};
  std::vector<Step> steps;  // no initialiser: Step is not complete here
};  // condition null: the final else
struct WhenStep {
  std::vector<WhenArm> arms{};
};

enum class RuleScope { in_a_row, in_any, in_first };
struct Rule {
  Span span{};
  bool must = false;
  bool at_least = false;  // else at most
  ExprPtr count{};        // K
  RuleScope scope = RuleScope::in_a_row;
  ExprPtr length{};       // W or T; null for in a row
  ExprPtr where{}, by{};  // null where not given
};
struct RerankStep {
  OperatorRef algorithm{};
  ExprPtr take{};
  ExprPtr after{};
  std::vector<Rule> rules{};
};

enum class PlaceKind { at, every, random, column };
struct InsertStep {
  OperatorRef source{};
  ExprPtr where{}, take{}, timeout{}, when{};
  std::optional<OrderBy> by{};
  PlaceKind place = PlaceKind::at;
  std::vector<ExprPtr> positions{};  // at: 3, 9, 15; every: N, from; random: low, high
  std::optional<Name> column{};      // at column NAME
  ExprPtr most{}, apart{};
};
struct BackfillStep {
  ExprPtr count{};
};
struct EmitItem {
  ExprPtr value{};
  std::optional<Name> as{};
};
struct EmitStep {
  std::vector<EmitItem> items{};
};
/// Stands where a syntax error was reported.
struct ErrorStep {};

struct Step {
  Span span{};
  Span keyword{};  // the step's first word
  std::variant<DeadlineStep, EligibleStep, RecallStep, MergeStep, WhereStep, LetStep, ScoreStep, TopStep, SortStep,
               TakeStep, SampleStep, WhenStep, RerankStep, InsertStep, BackfillStep, EmitStep, ErrorStep>
      node;
};

struct PipelineDecl {
  Span span{};
  std::string doc{};
  Name name{};
  Name user_table{}, item_table{};  // pipeline name(user: TABLE, item: TABLE)
  std::vector<Step> steps{};
};

// ---- tests ----

struct RecordField {
  Name name{};
  ExprPtr value{};
};
struct Record {
  Span span{};
  std::vector<RecordField> fields{};
};
/// given user { … }, given item { … }, given SEQUENCE [ { … }, … ]
struct GivenLine {
  Name what{};
  bool list = false;
  std::vector<Record> records{};
};
/// with request { … }
struct WithRecord {
  Name what{};
  Record record{};
};
/// with PARAMETER = LITERAL
struct WithParameter {
  Name name{};
  ExprPtr value{};
};
struct RunLine {
  Name pipeline{};
};
/// expect CONDITION [at POSITION], expect at POSITION: CONDITION
struct ExpectThat {
  ExprPtr condition{};
  ExprPtr position{};           // null: it is about the whole page
  bool position_first = false;  // as it was written
};
struct ExpectOrdered {
  OrderBy by{};
};
struct ExpectError {
  std::string code{};
  Span code_span{};
};
struct TestLine {
  Span span{};
  Span keyword{};
  std::variant<GivenLine, WithRecord, WithParameter, RunLine, ExpectThat, ExpectOrdered, ExpectError, ErrorStep> node;
};

struct TestDecl {
  Span span{};
  std::string name{};
  Span name_span{};
  Span keyword{};
  std::vector<TestLine> lines{};
};

/// One `.rec` file.
struct Module {
  source::FileId file = source::kNoFile;
  std::vector<ImportDecl> imports{};
  std::vector<ParamDecl> params{};
  std::vector<FnDecl> functions{};
  std::vector<PipelineDecl> pipelines{};
  std::vector<TestDecl> tests{};
  /// Names that were bound in parts which a syntax error took out: unknown names of this list are no further error.
  std::vector<std::string> lost_names{};
};

}  // namespace rec::syntax
