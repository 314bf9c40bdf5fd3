// Kernels are made when they are first asked for; their code some milliseconds later.
#include "runtime/native/tier.h"

#include <algorithm>

namespace rec::native {

namespace {

const Unit* none() {
  static const Unit kNone({}, nullptr);
  return &kNone;
}

const Segment* no_segment() {
  static const Segment kNone;
  return &kNone;
}

/// Steps in the order written, those of the sides of a `when` too.
void for_steps(const std::vector<graph::Step>& steps, auto visit) {
  for (const graph::Step& step : steps) {
    visit(step);
    const auto* when = std::get_if<graph::WhenStep>(&step.what);
    if (when == nullptr) continue;
    for (const graph::WhenArm& arm : when->arms) for_steps(arm.steps, visit);
  }
}

bool is_of_batch(Memory::Source source) {
  using enum Memory::Source;
  return source == let || source == let_present || source == position || source == score || source == score_there;
}

std::vector<uint32_t> memory_of_batch(const Kernel& kernel) {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < kernel.memory.size(); ++i) {
    if (is_of_batch(kernel.memory[i].source)) out.push_back(i);
  }
  return out;
}

}  // namespace

Unit::Unit(Kernel kernel, std::shared_ptr<Compiler> compiler)
    : kernel_(std::move(kernel)),
      of_batch_(memory_of_batch(kernel_)),
      has_computed_(kernel_.has_computed()),
      compiler_(std::move(compiler)) {}

Entry Unit::entry(const Layout& layout) const {
  const size_t at = (layout.consecutive ? 2U : 0U) + (layout.rows_follow ? 1U : 0U);
  if (const Code* code = code_[at].load(std::memory_order_acquire)) return code->entry();
  const std::lock_guard lock(mutex_);
  if (held_[at] == nullptr) held_[at] = compiler_->code(kernel_, layout);
  code_[at].store(held_[at].get(), std::memory_order_release);
  return held_[at]->entry();
}

Tier::Tier(const graph::Plan& plan, const store::Generation& generation, std::vector<types::Value> parameters,
           std::shared_ptr<Compiler> compiler)
    : plan_(plan),
      generation_(generation),
      parameters_(std::move(parameters)),
      compiler_(std::move(compiler)),
      expressions_(plan_.exprs.size()) {
  for_steps(plan_.steps, [&](const graph::Step& step) { segments_.try_emplace(&step, nullptr); });
}

Tier::~Tier() = default;

std::unique_ptr<Unit> Tier::unit(Lowering& lowering, const std::string& name, source::Span span,
                                 Lowering::Little little) const {
  auto kernel = lowering.finish(little);
  if (!kernel) return nullptr;
  kernel->name = plan_.name + ":" + name;
  kernel->span = span;
  return std::make_unique<Unit>(std::move(*kernel), compiler_);
}

const Unit* Tier::expression(graph::ExprId root) const {
  if (const Unit* known = expressions_[root].load(std::memory_order_acquire)) return known == none() ? nullptr : known;
  const std::lock_guard lock(mutex_);
  if (const Unit* known = expressions_[root].load()) return known == none() ? nullptr : known;
  std::unique_ptr<Unit> made;
  const graph::Node& node = plan_.exprs[root];
  const bool varies = (node.level & (graph::kCandidate | graph::kBarrier)) != 0;
  if (varies && lane_of(node.type.kind)) {
    Lowering lowering(of(), Kernel::Does::values);
    lowering.output(root);
    made = unit(lowering, std::to_string(root), node.span);
  }
  const Unit* const out = made == nullptr ? none() : made.get();
  if (made != nullptr) owned_.push_back(std::move(made));
  expressions_[root].store(out, std::memory_order_release);
  return out == none() ? nullptr : out;
}

const Segment* Tier::segment(const std::vector<graph::Step>& steps, size_t first) const {
  auto& known = segments_.at(&steps[first]);
  const Segment* segment = known.load(std::memory_order_acquire);
  if (segment == nullptr) {
    const std::lock_guard lock(mutex_);
    segment = known.load();
    if (segment == nullptr) {
      auto made = make_segment(steps, first);
      segment = made == nullptr ? no_segment() : made.get();
      if (made != nullptr) made_.push_back(std::move(made));
      known.store(segment, std::memory_order_release);
    }
  }
  return segment == no_segment() ? nullptr : segment;
}

std::vector<const Unit*> Tier::units() const {
  const std::lock_guard lock(mutex_);
  std::vector<const Unit*> out;
  for (const auto& unit : owned_) out.push_back(unit.get());
  for_steps(plan_.steps, [&](const graph::Step& step) {
    const Segment* segment = segments_.at(&step).load();
    if (segment == nullptr) return;
    for (const Unit* unit : {segment->chosen.get(), segment->filled.get()}) {
      if (unit != nullptr) out.push_back(unit);
    }
  });
  return out;
}

std::shared_ptr<const Tier> Tiers::of(const std::shared_ptr<const graph::Plan>& plan,
                                      const std::shared_ptr<const store::Generation>& generation,
                                      const std::vector<types::Value>& parameters) {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.plan_at == plan.get() && entry.generation_at == generation.get() && !entry.plan.expired() &&
        !entry.generation.expired() && entry.tier->parameters() == parameters)
      return entry.tier;
  }
  std::erase_if(entries_, [](const Entry& entry) { return entry.plan.expired() || entry.generation.expired(); });
  if (entries_.size() >= most_) return nullptr;
  auto tier = std::make_shared<const Tier>(*plan, *generation, parameters, compiler_);
  entries_.push_back({plan, generation, plan.get(), generation.get(), tier});
  return tier;
}

}  // namespace rec::native
