// Both engines on a batch that stands ready: the engine's own steps, without the recall.
#include "bench/native/subject.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

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

class Engine : public Subject {
 public:
  Engine(World& world, const Work& work, size_t candidates, bool native)
      : generation_(world.generation()), plan_(world.plan(work.name, work.pipeline)), everybody_(candidates) {
    std::iota(everybody_.begin(), everybody_.end(), 0U);
    batch_.rows = everybody_;
    batch_.rows_by_one = true;
    for (graph::ExprId id = 0; id < plan_->exprs.size(); ++id) {
      if (plan_->exprs[id].op == graph::Op::sequence) sequences_.push_back(id);
    }
    if (native) tier_ = std::make_unique<native::Tier>(*plan_, generation_, std::vector<types::Value>{}, compiler());
  }

  // Without a sequence a context keeps nothing but constants from one run to the next, and one does for all; what it
  // keeps of its first run, before the clock, lies with what was read for it.
  void prepare(size_t runs) override {
    contexts_.clear();
    next_ = 0;
    requests_.reset();
    std::swap(requests_, arena_);  // what is read for the contexts stays; the steps' own memory is reused run by run
    for (size_t i = 0; i < (sequences_.empty() ? 1 : runs); ++i) {
      auto& context =
          contexts_.emplace_back(std::make_unique<interpreter::RequestContext>(*plan_, generation_, inputs(), arena_));
      context->use(tier_.get());
      for (const graph::ExprId id : sequences_) context->sequence(id);
    }
    orders_.assign(runs + 1, everybody_);
    used_.clear();
    used_.reserve(runs + 1);
    if (sequences_.empty()) run_steps();
    std::swap(requests_, arena_);
  }

  void run() override {
    arena_.reset();
    run_steps();
  }

  Outputs outputs() const override {
    const auto& values = batch_.lets.back().values;
    const auto* first = reinterpret_cast<const float*>(values.data());
    return {.values = {first, first + values.size() / sizeof(float)}, .rows = batch_.order};
  }

 private:
  void run_steps() {
    used_.push_back(std::move(batch_.order));
    batch_.order = std::move(orders_.back());
    orders_.pop_back();
    batch_.in_base_order = true;
    batch_.lets.assign(plan_->let_columns.size(), {});
    engine::Run run{
        .plan = *plan_, .generation = generation_, .context = *contexts_[next_], .batch = std::move(batch_)};
    next_ = (next_ + 1) % contexts_.size();
    run.missing.assign(plan_->let_columns.size(), 0);
    for (size_t at = 1; at < plan_->steps.size();) {
      const size_t segment = run_segment(run, plan_->steps, at);
      if (segment == 0) step(run, plan_->steps[at]);
      at += std::max<size_t>(segment, 1);
    }
    batch_ = std::move(run.batch);
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
  std::vector<graph::ExprId> sequences_;
  column::Arena requests_, arena_;
  std::vector<std::unique_ptr<interpreter::RequestContext>> contexts_;
  size_t next_ = 0;
  std::vector<std::vector<uint32_t>> orders_;  // as the merge would leave it, one a run to come
  std::vector<std::vector<uint32_t>> used_;    // freed between the timed runs
  interpreter::Batch batch_;
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
          .run = [shared] { shared->run(); },
          .outputs = [shared] { return shared->outputs(); },
          .prepare = [shared](size_t runs) { shared->prepare(runs); }};
}

}  // namespace rec::bench
