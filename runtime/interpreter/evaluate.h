// The vectorised evaluator: runs an expression of a plan over rows, in blocks that stay in cache.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/graph/plan.h"
#include "runtime/column/column.h"
#include "runtime/store/generation.h"

namespace rec::native {
class Tier;
struct Segment;
}  // namespace rec::native

namespace rec::interpreter {

/// Rows are processed this many at a time; results do not depend on it. Tests set others.
inline constexpr size_t kBlock = 1024;

/// Values of an expression, one a row, in the physical type of its type. `present` is empty unless the type is
/// optional.
struct Values {
  const void* data = nullptr;
  const uint8_t* present = nullptr;
  template <typename T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
  bool has(size_t i) const { return present == nullptr || present[i] != 0; }
};

/// What a candidate column of a running request looks like: one value a base row.
struct BatchColumn {
  std::span<std::byte> values;  // physical type of the `let`
  uint8_t* present = nullptr;
};

/// Where a candidate came from, per channel: position (1-based, 0: not from it) and score (meaningless without one).
struct ChannelColumn {
  std::span<const int32_t> position;
  std::span<const float> score;      // empty: the channel's source has none
  std::vector<BatchColumn> emits{};  // one an emit of its pipeline, one value a base row; no values: missing for all
};

class Barrier;
class Scope;
using Barriers = std::map<graph::ExprId, Barrier>;

/// The candidates of one request as columns. Base rows never move; `present` (the order in which candidates stand) is
/// all that steps change.
struct Batch {
  std::vector<uint32_t> rows;     // base: row ids of the item table
  bool rows_by_one = false;       // they are rows[0], rows[0] + 1, …; who adds rows says no
  std::vector<uint32_t> order;    // indices into the base, in present order
  bool in_base_order = false;     // `order` is 0, 1, 2, …; who changes it says no
  std::vector<BatchColumn> lets;  // one a plan.let_columns; empty until computed
  std::vector<ChannelColumn> channels;
  /// The barriers of the step that runs, fitted when they are first met; null where none can stand.
  Barriers* barriers = nullptr;
};

/// What a request brings, checked and typed.
struct RequestInputs {
  std::optional<uint32_t> user_row;  // none: no row; the table's `unknown` values stand in
  store::Key user_key;
  int64_t now = 0;  // microseconds
  std::string id;
  std::vector<types::Value> fields;      // one a catalog request field; monostate: absent
  std::vector<types::Value> parameters;  // one a plan parameter
  size_t block = kBlock;                 // rows processed at a time
};

struct CandidateRows;
class Evaluator;

/// Kernels: how often their code ran, and how often it was not ready.
struct NativeUse {
  uint64_t ran = 0, waited = 0;
};

/// Everything about one request that expressions can see; keeps what is computed once for it: request-level values,
/// sequences, look-up sets. One thread at a time.
class RequestContext {
 public:
  RequestContext(const graph::Plan& plan, const store::Generation& generation, RequestInputs inputs,
                 column::Arena& arena);
  ~RequestContext();
  RequestContext(const RequestContext&) = delete;
  RequestContext& operator=(const RequestContext&) = delete;

  const graph::Plan& plan() const;
  const store::Generation& generation() const;
  const RequestInputs& inputs() const;
  column::StringSpace& strings();
  column::Arena& arena();

  /// A request-level expression: one value, computed once and kept.
  Values value(graph::ExprId expr);
  int64_t integer(graph::ExprId expr);
  float floating(graph::ExprId expr);
  /// A request-level sequence, newest first.
  const column::EventColumns& sequence(graph::ExprId expr);
  /// Evaluates `body` (levels request and event) on each event of `events`; `events_index`: which of the catalog's
  /// event logs they are of.
  Values on_events(graph::ExprId body, const column::EventColumns& events, size_t events_index);

  /// What `.search` finds for each candidate: indices (uint32_t) of the sequence's events, newest first.
  std::span<const column::ListRef> search(graph::ExprId expr, const CandidateRows& rows);

  /// A condition on rows of the item table made ready to run, kept: what is `eligible` stands in every channel.
  Evaluator& condition(graph::ExprId expr);

  /// Computes what of an expression is of request level, so that a fork finds it.
  void prepare(graph::ExprId expr);
  /// A context for another thread with what this one computed so far, made on this one's thread. This one's memory must
  /// outlive it; `arena` is its own. Its `gone` and `error` count from here.
  std::unique_ptr<RequestContext> fork(column::Arena& arena) const;

  uint64_t gone() const;  // events left out because their item is gone, so far
  /// A damaged record of the user store met on the way; the request fails with it (R8xxx).
  const std::optional<std::string>& error() const;

  /// From here on expressions run as native code where that is ready. `tier`: of this plan, generation and these
  /// parameters; it must outlive the context and its forks.
  void use(const native::Tier* tier);
  const native::Tier* tier() const;
  /// Whether some expression, so far, had native code that was not ready.
  bool waited_for_code() const;
  NativeUse native_use() const;

 private:
  friend class Evaluator;
  friend bool run_native(RequestContext& context, const native::Segment& segment, Batch& batch, size_t count);
  struct State;
  Scope& scope();
  explicit RequestContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Where a candidate-level expression runs.
struct CandidateRows {
  const Batch* batch = nullptr;  // null: a channel's `where` or `by`, before there is a batch: no lets, no provenance
  std::span<const uint32_t> indices;  // with a batch: base indices; without: rows of the item table
  bool consecutive = false;           // they ascend by one, as who gives them knows
};

/// A candidate-level expression of a plan made ready to run: native code, or a short program over registers of a block
/// of values.
class Evaluator {
 public:
  Evaluator(RequestContext& context, graph::ExprId root);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;

  /// One value a row of `rows`, in that order; valid until the next call.
  Values run(const CandidateRows& rows);
  /// Writes the values straight into a column at their base indices (a `let`).
  void run_into(const CandidateRows& rows, BatchColumn& column);
  /// For a bool expression: keep[i] &= value.
  void filter(const CandidateRows& rows, std::span<uint8_t> keep);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Evaluates a catalog's event expression over a whole log (offline): one value an event into `out` (physical type of
/// the root), and `present` where its type is optional. `items` is the events' item table (for e.item.COLUMN); item
/// kNoRow: the item has no row, its columns are zero or missing. Strings in `events` are codes of `strings`.
/// `timezone`: the catalog's.
void evaluate_events(const graph::Plan& plan, graph::ExprId root, const column::EventColumns& events,
                     const store::Table& items, column::StringSpace& strings, std::string_view timezone,
                     std::span<std::byte> out, uint8_t* present);

}  // namespace rec::interpreter
