// One request while it runs: what the steps read and change.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "compiler/graph/plan.h"
#include "compiler/source/source.h"
#include "runtime/column/column.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/history.h"
#include "runtime/engine/insertion.h"
#include "runtime/interpreter/evaluate.h"
#include "runtime/trace/trace.h"

namespace rec::engine {

class Observer;
class Pool;
struct Nested;
struct RequestState;

struct Run {
  const graph::Plan& plan;
  const store::Generation& generation;
  interpreter::RequestContext& context;
  const source::Sources* sources = nullptr;  // for line numbers in the trace
  interpreter::Batch batch{};
  std::vector<Degradation> degraded{};
  trace::Trace* trace = nullptr;  // null: not asked for
  bool traced = false;            // somebody asked, here or where this is nested
  Observer* observer = nullptr;   // null: nobody looks on

  Pool* pool = nullptr;                         // null: channels run one after another on this thread
  std::shared_ptr<const RequestState> owner{};  // what channels on other threads keep alive
  std::shared_ptr<const operators::Models> models{};
  native::Tiers* tiers = nullptr;  // null: all is interpreted
  std::vector<uint8_t> missing{};  // let columns without values: a score failed or was too late
  std::optional<std::chrono::steady_clock::time_point> deadline{};  // of the page
  bool cut_off = false;                                             // the deadline passed with channels unfinished
  std::optional<Error> failure{};                                   // the request's
  uint64_t gone = 0;                                                // counted on other threads
  bool waited_for_code = false;                                     // there, or in what ran inside this
  std::optional<std::string> damage{};                              // of the user store, met there
  History history{};
  Insertions insertions{};
  std::vector<std::shared_ptr<Nested>> nested{};  // pipelines that channels ran: columns point into their memory

  column::Arena& arena() const { return context.arena(); }
  /// The candidates present, in present order.
  interpreter::CandidateRows present() const {
    return {.batch = &batch, .indices = batch.order, .consecutive = batch.in_base_order};
  }
  uint32_t line(source::Span span) const {
    return sources == nullptr || !span.valid() ? 0 : sources->file(span.file).locate(span.begin).line;
  }
};

/// Which engine computed what was computed of candidates since `before`, and elsewhere: native, interpreter, or both
/// where code was not ready; empty where nothing was to be native.
std::string engine_of(const Run& run, interpreter::NativeUse before, interpreter::NativeUse elsewhere = {});

/// A request-level count as a number of rows: negative is none.
uint32_t count_of(const Run& run, graph::ExprId expr);

/// A duration of a strategy, between nothing and a year.
std::chrono::microseconds duration_of(int64_t us);

/// Microseconds since it was made, to the nearest, so that a mean over many requests tells parts of one.
class Stopwatch {
 public:
  int64_t us() const {
    return std::chrono::round<std::chrono::microseconds>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The steps, one file each (step_*.cpp). `trace` is the step's own record; steps fill in what only they know.
void run_recall(Run& run, const graph::RecallStep& step, const graph::Step& written);
void run_where(Run& run, const graph::WhereStep& step, trace::StepTrace& trace);
/// Columns of a model's outputs; marks them missing where it fails or the deadline passes.
void run_score(Run& run, const graph::ScoreStep& step, trace::StepTrace& trace);
/// The same for candidates that come in later, into columns that are there; NaN where it fails.
void score_late_rows(Run& run, const graph::ScoreStep& step, std::span<const uint32_t> candidates);
void run_let(Run& run, const graph::LetStep& step);
void run_top(Run& run, const graph::TopStep& step, trace::StepTrace& trace);
void run_sort(Run& run, const graph::SortStep& step, trace::StepTrace& trace);
void run_take(Run& run, const graph::TakeStep& step, trace::StepTrace& trace);
/// A temperature below this, or NaN, counts as this.
inline constexpr float kColdest = 1e-6F;
void run_sample(Run& run, const graph::SampleStep& step, trace::StepTrace& trace);
void run_rerank(Run& run, const graph::RerankStep& step, trace::StepTrace& trace);
/// The first `room` of `candidates`, in order, that the rules of the last `rerank` let stand behind the page: what is
/// on it, but for inserted items, counts as placed.
std::vector<uint32_t> fill_by_rules(Run& run, std::vector<uint32_t> candidates, size_t room, trace::StepTrace& trace);
void run_insert(Run& run, const graph::InsertStep& step, trace::StepTrace& trace);
void run_backfill(Run& run, const graph::BackfillStep& step, trace::StepTrace& trace);
/// All steps of the plan, until there can be no page.
void run_plan(Run& run);

/// What a channel brought, best first, after its own conditions, ordering and `take`.
struct ChannelResult {
  std::vector<uint32_t> rows{};
  std::vector<float> scores{};  // empty: none
  trace::ChannelTrace trace{};
  std::optional<std::string> failure{};  // it brought nothing, because of this
  std::shared_ptr<Nested> page{};        // of a pipeline: its run, and where in its order each row stood
  std::vector<uint32_t> page_places{};
};
/// The failure of a channel that was cut off.
inline constexpr const char* kTimeout = "timeout";
/// A source that throws has failed. `until`: what it is told to be done by; nobody is stopped here.
ChannelResult run_channel(Run& run, const graph::Channel& channel, std::stop_token stop = {},
                          std::optional<std::chrono::steady_clock::time_point> until = {});
/// Makes the batch of the channels' results: rows, present order, provenance. `kept` of each trace is filled in.
void merge_channels(Run& run, const graph::MergeStep& merge, std::span<ChannelResult> channels);

/// The page's items with what `emit` names, in present order.
std::vector<Item> collect_items(Run& run);
/// The i-th of an expression's values as one that stands on its own.
types::Value read_value(Run& run, const interpreter::Values& values, const types::Type& type, size_t i);

}  // namespace rec::engine
