// A plan: the immutable, typed operator graph of one pipeline; what the compiler makes and the engines run.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/expr.h"

namespace rec::graph {

struct Parameter {
  std::string name, doc;
  types::Type type;
  types::Value default_value;
  std::optional<types::Value> low, high;
  source::Span span;
};

/// An ordering: key ascending or descending; missing never, NaN last, ties keep the present order.
struct Order {
  ExprId key = kNoExpr;
  bool ascending = false;
};

/// A predicate as `explain`, traces and drop counts name it: its printed source.
struct Predicate {
  ExprId expr = kNoExpr;
  std::string text;
  source::Span span;
};

struct SourceArgument {
  operators::ParameterKind kind = operators::ParameterKind::value;
  ExprId expr = kNoExpr;  // value: request level; seeds: a sequence or a list of rows; rows: a list of rows; lambda:
                          // its body; kNoExpr: not given
  std::string index;      // kind index: the catalog's index
};

struct Channel {
  std::string name;
  const operators::OperatorDef* source = nullptr;
  std::vector<SourceArgument> arguments;  // one a parameter of the operator
  std::vector<Predicate> where;           // `eligible` first, then its own
  std::optional<Order> by;
  ExprId take = kNoExpr;  // request level; kNoExpr: all
  std::string text;       // as printed, without its name
  source::Span span;
};

struct MergeStep {
  const operators::OperatorDef* policy = nullptr;  // nullptr: one channel, no merge written
  std::vector<std::pair<ExprId, ExprId>> counts;   // one a channel, request level; kNoExpr: 1
  ExprId take = kNoExpr;
  std::string text;  // as printed
  source::Span span;
};
struct RecallStep {
  std::vector<Channel> channels;
  MergeStep merge;
};
struct WhereStep {
  Predicate condition;
};
/// Computes a candidate column. (Request-level `let`s are shared expressions and need no step.)
struct LetStep {
  uint32_t column = 0;
  ExprId value = kNoExpr;
};
struct TopStep {
  ExprId count = kNoExpr;
  Order by;
};
struct SortStep {
  Order by;
};
struct TakeStep {
  ExprId count = kNoExpr;
  ExprId per = kNoExpr;
};

struct SimilarityTerm {
  operators::SimilarityTerm::Kind kind;
  ExprId weight = kNoExpr;  // request level float >= 0
  ExprId column = kNoExpr;  // the vector, list or scalar of a candidate
};
struct Rule {
  bool must = false, at_least = false;
  operators::RuleInput::Scope scope;
  ExprId count = kNoExpr, length = kNoExpr;  // request level ints; length kNoExpr for in a row
  ExprId where = kNoExpr, by = kNoExpr;
  std::string text;  // as printed
  source::Span span;
};
struct RerankStep {
  const operators::OperatorDef* algorithm = nullptr;
  ExprId relevance = kNoExpr, theta = kNoExpr, window = kNoExpr, take = kNoExpr;
  std::vector<SimilarityTerm> similarity;
  std::vector<Rule> rules;
};

struct Step {
  std::variant<RecallStep, WhereStep, LetStep, TopStep, SortStep, TakeStep, RerankStep> what;
  std::string text;  // the step as `explain` prints it, one line
  source::Span span;
};

struct LetColumn {
  std::string name;
  types::Type type;
};
struct Emit {
  std::string name;
  ExprId value = kNoExpr;
};

/// Everything an engine needs to run a pipeline on any generation whose catalog it was compiled against.
struct Plan {
  std::string name, doc, file;
  size_t user_table = 0, item_table = 0;  // in the catalog
  Exprs exprs;
  std::vector<Parameter> parameters;  // those of the module and its imports
  std::vector<LetColumn> let_columns;
  std::vector<Step> steps;  // the first is the RecallStep
  std::vector<Emit> emits;  // without `emit`: the last ordering expression, if any
};

/// The name of a step for traces: "recall", "merge", "where", "let", "top", "sort", "take", "rerank".
std::string_view step_name(const Step& step);

}  // namespace rec::graph
