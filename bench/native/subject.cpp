// Both engines on a batch that stands ready: the engine's own steps, without the recall.
#include "bench/native/subject.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "bench/measure.h"
#include "runtime/engine/run.h"
#include "runtime/engine/segment.h"
#include "runtime/native/tier.h"

namespace rec::bench {
namespace {

std::shared_ptr<native::Compiler> compiler() {
  static const auto made = native::make_compiler({.in_background = false});
  if (!made) throw std::runtime_error(made.error());
  return *made;
}

/// What it takes to read the clock twice, which is much beside a few runs.
double clock_seconds() {
  static const double seconds = [] {
    std::vector<double> all(1001);
    for (double& one : all) {
      const double begin = thread_seconds();
      one = thread_seconds() - begin;
    }
    return spread(std::move(all)).median;
  }();
  return seconds;
}

class Engine : public Subject {
 public:
  Engine(World& world, const Work& work, size_t candidates, bool native)
      : generation_(world.generation()),
        plan_(world.plan(work.name, work.pipeline)),
        everybody_(candidates),
        selects_(work.selects()) {
    std::iota(everybody_.begin(), everybody_.end(), 0U);
    for (graph::ExprId id = 0; id < plan_->exprs.size(); ++id) {
      if (plan_->exprs[id].op == graph::Op::sequence) sequences_.push_back(id);
    }
    if (native) tier_ = std::make_unique<native::Tier>(*plan_, generation_, std::vector<types::Value>{}, compiler());
  }

  /// A request finds in the cache what it has just made and read: no more of them are made ready than stay there. Those
  /// of many candidates do not, and to make one between two runs would take the columns out of it.
  double seconds(size_t runs) override {
    constexpr size_t kTogether = 8, kMany = 16'384;
    const bool few = changes_requests() && everybody_.size() < kMany;
    const size_t together = few ? kTogether : runs;
    double all = 0;
    for (size_t left = runs; left > 0; left -= std::min(left, together)) {
      prepare(std::min(left, together));
      const double begin = thread_seconds();
      for (size_t i = 0; i < std::min(left, together); ++i) {
        arena_.reset();
        run_steps(requests_[changes_requests() ? i : 0]);
      }
      all += thread_seconds() - begin - clock_seconds();
    }
    return all;
  }

  Outputs outputs() const override {
    const interpreter::Batch& batch = requests_.back().run.batch;
    const auto& values = batch.lets.back().values;
    const auto* first = reinterpret_cast<const float*>(values.data());
    return {.values = {first, first + values.size() / sizeof(float)}, .rows = batch.order};
  }

 private:
  struct Request {
    std::unique_ptr<interpreter::RequestContext> context;
    engine::Run run;
  };

  /// Whether a run leaves a request other than it found it, but for constants and columns.
  bool changes_requests() const { return selects_ || !sequences_.empty(); }

  /// Those of one user: what they did is read once.
  void prepare(size_t runs) {
    requests_.clear();
    read_.reset();
    read_arena_.reset();
    arena_.reset();
    read_ = std::make_unique<interpreter::RequestContext>(*plan_, generation_, inputs(), read_arena_);
    read_->use(tier_.get());
    for (const graph::ExprId id : sequences_) read_->sequence(id);
    for (size_t i = 0; i < (changes_requests() ? runs : 1); ++i) {
      auto context = read_->fork(arena_);
      engine::Run run{.plan = *plan_, .generation = generation_, .context = *context};
      run.batch.rows = everybody_;
      run.batch.rows_by_one = true;
      run.batch.order = everybody_;  // as the merge leaves it
      run.batch.in_base_order = true;
      run.batch.lets.assign(plan_->let_columns.size(), {});
      run.missing.assign(plan_->let_columns.size(), 0);
      requests_.push_back({std::move(context), std::move(run)});
    }
    if (changes_requests()) return;
    run_steps(requests_[0]);
    std::swap(arena_, read_arena_);  // constants stay there from one run to the next
  }

  void run_steps(Request& request) {
    engine::Run& run = request.run;
    for (size_t at = 1; at < plan_->steps.size();) {
      const size_t segment = run_segment(run, plan_->steps, at);
      if (segment == 0) step(run, plan_->steps[at]);
      at += std::max<size_t>(segment, 1);
    }
  }

  static void step(engine::Run& run, const graph::Step& step) {
    trace::StepTrace trace;
    if (const auto* where = std::get_if<graph::WhereStep>(&step.what)) run_where(run, *where, trace);
    if (const auto* let = std::get_if<graph::LetStep>(&step.what)) run_let(run, *let);
    if (const auto* top = std::get_if<graph::TopStep>(&step.what)) run_top(run, *top, trace);
  }

  interpreter::RequestInputs inputs() const {
    interpreter::RequestInputs inputs;
    inputs.user_key = int64_t{1};
    inputs.user_row = generation_.table(plan_->user_table).find(int64_t{1});
    inputs.now = kNow;
    return inputs;
  }

  const store::Generation& generation_;
  std::shared_ptr<const graph::Plan> plan_;
  std::vector<uint32_t> everybody_;
  const bool selects_;
  std::vector<graph::ExprId> sequences_;
  column::Arena read_arena_, arena_;                   // of what is read, and of the steps
  std::unique_ptr<interpreter::RequestContext> read_;  // what contexts are forks of
  std::vector<Request> requests_;
  std::unique_ptr<native::Tier> tier_;  // null: all is interpreted
};

}  // namespace

std::unique_ptr<Subject> interpreter(World& world, const Work& work, size_t candidates) {
  return std::make_unique<Engine>(world, work, candidates, false);
}

std::unique_ptr<Subject> native(World& world, const Work& work, size_t candidates) {
  return std::make_unique<Engine>(world, work, candidates, true);
}

Contender contender(std::string who, std::unique_ptr<Subject> subject) {
  const std::shared_ptr<Subject> shared = std::move(subject);
  return {.who = std::move(who),
          .outputs = [shared] { return shared->outputs(); },
          .seconds = [shared](size_t runs) { return shared->seconds(runs); }};
}

}  // namespace rec::bench
