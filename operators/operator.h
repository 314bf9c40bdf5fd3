// The one record that describes an operator: functions of the language, recall sources, merge policies, rerankers.
// The checker, the engine, `rec-run operators`, the reference page and the fuzzers all read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/types/type.h"
#include "operators/form/form.h"
#include "runtime/column/column.h"
#include "runtime/store/generation.h"

namespace rec::operators {

// ---- functions
// -----------------------------------------------------------------------------------------------------------

/// What a kernel may look at besides its operands.
struct KernelContext {
  column::StringSpace* strings = nullptr;
  const store::Generation* generation = nullptr;  // null while a log is evaluated offline
  const store::Table* items = nullptr;            // then: the events' item table
  std::string_view timezone{};                    // the catalog's

  /// A table by its name; nullptr where this context does not know it.
  const store::Table* table(std::string_view name) const;
};

/// One operand: `n` values in their physical type. `present` null: all have a value.
/// `uniform`: all n values are the same (a request-level operand, broadcast), so a kernel may look at the first only.
struct Operand {
  const void* data = nullptr;
  const uint8_t* present = nullptr;
  bool uniform = false;
  const types::Type* type = nullptr;

  template <typename T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
};

struct KernelCall {
  size_t n = 0;
  std::span<const Operand> args;
  void* out = nullptr;
  uint8_t* out_present = nullptr;  // set by kernels whose result is optional, null otherwise
  const KernelContext* context = nullptr;

  template <typename T>
  T* result() const {
    return static_cast<T*>(out);
  }
};

/// Computes n results from n operands. Total: no input is an error. No state; deterministic.
using Kernel = void (*)(const KernelCall&);

/// One signature of a function. A parameter of Kind::vector with size 0 takes any dimension (equal among the
/// arguments); of Kind::list with element none any list (equal among the arguments); of Kind::row with an empty name
/// any table; of Kind::enumeration without names any enum. A null kernel: the checker writes a node of its own in the
/// call's place.
struct Overload {
  std::vector<types::Type> parameters;
  types::Type result;
  Kernel kernel = nullptr;
  form::Form (*form)() = nullptr;  // the same for native code; null: none, native code has the kernel called
};

struct FunctionDef {
  std::vector<Overload> overloads;  // tried in order: first exact types, then with int taken as float
  bool variadic = false;            // hash: one or more scalars stand before the parameters of the overload
  /// Checks arguments that are known at compile time (ascending bounds, clamp's low > high): a message, or empty.
  std::string (*check_constants)(std::span<const std::optional<types::Value>> arguments) = nullptr;
};

// ---- recall sources
// ------------------------------------------------------------------------------------------------------

/// An argument of a source, evaluated for this request.
struct SeedEvents {
  std::span<const uint32_t> rows;  // item rows, newest first; may repeat
  std::span<const float> weights;  // one a row; empty: all 1
};
using ArgumentValue =
    std::variant<std::monostate, bool, int64_t, float, std::string, SeedEvents, std::span<const float>>;

/// The channel's `eligible` and `where` conditions: sets keep[i] = 0 for rows that do not qualify (keep starts as 1).
using AdmitFn = std::function<void(std::span<const uint32_t> rows, std::span<uint8_t> keep)>;

/// How a source that goes through the item table may get by with less of it.
struct ScanHints {
  /// Rows that include all that can qualify, ascending.
  std::optional<std::vector<uint32_t>> rows{};
  /// The channel's `by` is this column: rows may be offered in its order, and then `take` of them are enough.
  std::optional<store::ValueOrder> order{};
  bool ascending = false;
};

struct SourceCall {
  const store::Generation& generation;
  size_t item_table;                         // index of the pipeline's item table
  std::optional<uint32_t> user_row;          // none: the user has no row
  std::string_view index;                    // the catalog's index the first argument names, if any
  std::span<const ArgumentValue> arguments;  // in the order of the operator's parameters; monostate: not given
  const AdmitFn& admit;
  std::optional<uint32_t> take;  // how many qualifying candidates are wanted; none: all
  bool reordered = false;        // the channel has a `by`: return all that qualify, `take` is cut later
  column::Arena& arena;
  std::stop_token stop;
  std::optional<std::chrono::steady_clock::time_point> deadline{};  // of the channel; none: it may take its time
  const ScanHints* hints = nullptr;                                 // for sources that scan
};

/// Best first. `scores` empty where the source has none.
struct Candidates {
  std::vector<uint32_t> rows;
  std::vector<float> scores;
  uint64_t looked_at = 0;  // candidates before `admit`, for the trace
  bool in_order = false;   // in that of the hints, which is the channel's `by`
};
using Source = std::expected<Candidates, std::string> (*)(const SourceCall&);
struct SourceDef {
  Source run = nullptr;
  bool scored = false;
  std::vector<std::string>
      index_algorithms{};  // what its index argument may be: {"item_cf", "swing"}; empty: takes no index
  bool (*built)(const store::Generation&, std::string_view index) = nullptr;  // is its index there? null: always
  bool take_required = true;                                                  // `list` and pipelines may go without
  bool scans = false;  // it goes through the item table, and can use hints
  bool waits = false;  // for another machine, say: the channels of its `recall` run side by side
};

// ---- merge policies
// ------------------------------------------------------------------------------------------------------

struct MergeInput {
  std::span<const uint32_t> rows;   // best first
  int64_t low = 1, high = 1;        // the policy's argument for this channel: a: 3 is (3, 3)
  std::span<const float> scores{};  // one a row; empty: none
  bool ascending = false;           // the smallest score is the best
  float weight = 1;                 // best, sum
};
/// Returns (channel, position in channel) pairs in merged order, each item once, at most `take`.
struct MergePick {
  uint32_t channel, position;
};
using Merge = std::vector<MergePick> (*)(std::span<const MergeInput> channels, std::optional<uint32_t> take);
struct MergeDef {
  Merge run = nullptr;
  bool per_channel_counts = false;  // round_robin(a: 3, ...)
  bool ranges = false;              // quota(a: 10 .. 100, ...)
  bool weights = false;             // best(a: 0.5, ...)
  bool sequential = false;          // channels run one after another, the next only while fewer than `take` are there
};

// ---- reranking
// -----------------------------------------------------------------------------------------------------------

/// One term of a similarity: weight · cosine(V), dot(V), same(COLUMN) or jaccard(LIST) over a pair of candidates.
struct SimilarityTerm {
  enum class Kind { cosine, dot, same, jaccard } kind;
  float weight = 1;
  // cosine, dot: one pointer a candidate (nullptr: missing); same: values (int64_t) and present; jaccard: lists as
  // sorted int64_t sets
  uint32_t dimension = 0;
  std::span<const float* const> vectors{};
  std::span<const int64_t> values{};
  std::span<const uint8_t> present{};
  std::span<const column::ListRef> lists{};  // int64_t elements, ascending, distinct
};

/// A rule with its condition and groups already computed for every candidate.
struct RuleInput {
  bool must = false;
  bool at_least = false;
  int64_t count = 0;  // K
  enum class Scope { in_a_row, in_any, in_first } scope;
  int64_t length = 0;                  // W or T
  std::span<const uint8_t> matches{};  // one a candidate; empty: all match
  bool grouped = false;
  std::span<const column::ListRef> groups{};  // grouped: int64_t group values of each candidate (none: in no group)
};

/// What was decided at each position of the page, about one candidate.
struct RerankRecord {
  uint32_t candidate = 0;  // asked about
  struct Pick {
    uint32_t winner = 0;
    // Of the winner and of `candidate`; NaN where it was excluded, −∞ where it is taken only when no other is left.
    double winner_objective = 0, objective = 0;
    std::optional<uint32_t> excluded_by{};  // rule that keeps `candidate` out at this position
  };
  std::vector<Pick> picks{};  // until `candidate` is picked
};

struct RerankCall {
  uint32_t candidates = 0;
  std::span<const float> relevance;              // one a candidate, in present order; NaN loses to everything
  std::span<const SimilarityTerm> similarity{};  // empty for greedy
  float theta = 1;
  std::optional<int64_t> window{};  // none: all selected
  uint32_t take = 0;
  std::span<const RuleInput> rules{};  // in the order written; the reranker applies `must` rules first
  column::Arena& arena;
  float gamma = 0;         // ssd
  uint32_t dimension = 0;  // ssd: of `vectors`, one pointer a candidate (nullptr: missing)
  std::span<const float* const> vectors{};
  /// The first `placed` candidates were shown on the page before, oldest first: they count as placed for windows and
  /// rules (`in first T` counts this page only), and are never picked.
  uint32_t placed = 0;
  uint32_t begun = 0;              // so many more are the page's own first positions already
  RerankRecord* record = nullptr;  // for `why`; null: nothing is recorded
};

struct Relaxation {
  uint32_t position;
  uint32_t rule;
};  // position from 1; rule: index in RerankCall::rules
struct RerankResult {
  std::vector<uint32_t> picks;  // indices of candidates, in page order
  std::vector<Relaxation> relaxations;
};
using Rerank = RerankResult (*)(const RerankCall&);
struct RerankDef {
  Rerank run = nullptr;
  bool takes_similarity = false;
};

// ---- the record
// ----------------------------------------------------------------------------------------------------------

/// What a named argument accepts, beyond a plain expression of a type.
enum class ParameterKind {
  value,       // an expression of `type`, request-level in sources, candidate-level in functions and `relevance`
  index,       // the name of a catalog index
  seeds,       // a sequence or a list of rows or keys of the item table
  rows,        // a list of rows or keys of the item table
  lambda,      // e => float, over the events of the `seeds` argument
  similarity,  // a similarity expression
};

struct ParameterDef {
  std::string name;
  ParameterKind kind = ParameterKind::value;
  types::Type type = types::floating();
  bool positional = false;                      // may be given without its name
  std::optional<types::Value> default_value{};  // none: must be given, unless `may_be_absent`
  bool may_be_absent = false;
  std::optional<double> low{}, high{};  // closed range, checked where the value is known and clamped where it is not
  std::string doc{};
};

struct OperatorDef {
  std::string name;                      // "exp", "+", "similar_items", "round_robin", "mmr"
  std::string doc;                       // one sentence
  std::string example;                   // a line of .rec that compiles in its place
  std::vector<ParameterDef> parameters;  // functions: names for the docs; types are in the overloads
  std::variant<FunctionDef, SourceDef, MergeDef, RerankDef> what;
};

}  // namespace rec::operators
