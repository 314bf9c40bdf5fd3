// A plan: the immutable, typed operator graph of one pipeline; what the compiler makes and the engines run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/expr.h"
#include "compiler/graph/kept.h"

namespace rec::graph {

struct Plan;
struct Step;
using PlanPtr = std::shared_ptr<const Plan>;

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

/// A condition of a channel that an index on a column of the item table answers: the column is `value`, is among the
/// elements of `value`, or, a list, has `value`; or that the order of a sorted column does: it is above `value`, or the
/// like.
struct LookUp {
  enum class Kind { equals, among, has, above, at_least, below, at_most } kind = Kind::equals;
  uint32_t column = 0;
  ExprId value = kNoExpr;  // request level
  std::string text{};      // as printed
};

struct Channel {
  std::string name;
  const operators::OperatorDef* source = nullptr;  // null: `pipeline`
  PlanPtr pipeline;                                // another pipeline's page, over the same item table
  std::vector<SourceArgument> arguments;           // one a parameter of the operator
  std::vector<Predicate> where;                    // `eligible` first, then its own
  std::optional<Order> by;
  std::vector<LookUp> look_ups{};         // of a source that scans: each alone finds all that can qualify
  std::optional<uint32_t> walks_along{};  // the sorted column of the item table that `by` is
  ExprId take = kNoExpr;                  // request level; kNoExpr: all
  ExprId timeout = kNoExpr;               // request-level duration
  ExprId when = kNoExpr;                  // request-level bool
  std::optional<uint32_t> otherwise;      // `else`: the channel that stands in
  bool required = false;
  std::string text;  // as printed, without its name
  source::Span span;
};

struct MergeStep {
  const operators::OperatorDef* policy = nullptr;  // nullptr: one channel, no merge written
  std::vector<std::pair<ExprId, ExprId>> counts;   // one a channel, request level; kNoExpr: 1
  std::vector<ExprId> weights;                     // `best`, `sum`: one a channel, request-level float; kNoExpr: 1
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

/// Runs a model on all candidates present; fills one `let` column an output.
struct ScoreStep {
  uint32_t model = 0;            // of the catalog
  std::vector<ExprId> inputs{};  // one an input of the catalog's model: of the user, of the item, then the others
  std::vector<uint32_t> columns{};
};
struct SampleStep {
  ExprId count = kNoExpr;
  ExprId by = kNoExpr;           // a float, the weight
  ExprId temperature = kNoExpr;  // request level; kNoExpr: 1
  uint32_t number = 0;           // among the pipeline's `sample`s, from 1
};
/// The first arm whose condition holds runs. Names bound on all sides are columns of their own, which each arm fills
/// with a LetStep at its end.
struct WhenArm {
  Predicate condition;  // request level; kNoExpr: else
  std::vector<Step> steps;
};
struct WhenStep {
  std::vector<WhenArm> arms;
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
  ExprId gamma = kNoExpr, vectors = kNoExpr;  // ssd
  ExprId after = kNoExpr;                     // a list of rows
  std::vector<SimilarityTerm> similarity;
  std::vector<Rule> rules;
};

/// `insert SOURCE … PLACE`. The source with its conditions, `take` and `timeout` is the only channel of a plan of its
/// own, over its own item table. Rows of the page's table join its candidates; for those of another that plan emits
/// what the page's `emit` names, as far as the source has it.
struct InsertStep {
  enum class Place { at, every, random, column };
  PlanPtr source;
  std::string name;       // of the source, as traces say it
  uint32_t number = 0;    // among the pipeline's `insert`s, from 1
  ExprId when = kNoExpr;  // request-level bool of the outer plan, as are all below
  Place place = Place::at;
  std::vector<ExprId> positions;  // at: each; every: step and first; random: low and high
  size_t column = 0;              // column: emit of `source` with the position, int or int?
  bool foreign = false;           // rows of another table than the page's
  ExprId most = kNoExpr, apart = kNoExpr;
};
struct BackfillStep {
  ExprId count = kNoExpr;
};

struct Step {
  std::variant<RecallStep, WhereStep, LetStep, ScoreStep, TopStep, SortStep, TakeStep, SampleStep, WhenStep, RerankStep,
               InsertStep, BackfillStep>
      what;
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
  std::vector<Step> steps;    // the first is the RecallStep
  std::vector<Emit> emits;    // without `emit`: the last ordering expression, if any
  ExprId deadline = kNoExpr;  // request-level duration
  PlanPtr otherwise;          // the page instead, where the deadline passes
  bool replays = false;       // some step brings candidates late: what ran before is kept, to be computed for them too
  Kept layouts{};             // of the interpreter's programs
  PlanPtr written;            // the plan before passes: what traces, `why` and `diff` tell of; null: this one
};

/// The plan that says what its author wrote, step by step.
inline const Plan& as_written(const Plan& plan) {
  return plan.written == nullptr ? plan : *plan.written;
}
inline const PlanPtr& as_written(const PlanPtr& plan) {
  return plan->written == nullptr ? plan : plan->written;
}

/// The name of a step for traces: the word it begins with.
std::string_view step_name(const Step& step);

}  // namespace rec::graph
