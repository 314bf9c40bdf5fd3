// Kernels are made when they are first asked for; their code some milliseconds later.
#include "runtime/native/tier.h"

#include <algorithm>

namespace rec::native {

namespace {

const Unit* none() {
  static const Unit kNone({}, nullptr);
  return &kNone;
}

}  // namespace

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
      expressions_(plan_.exprs.size()) {}

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
  const std::lock_guard lock(mutex_);
  const auto [at, fresh] = segments_.try_emplace(&steps[first]);
  if (fresh) at->second = make_segment(steps, first);
  return at->second.get();
}

std::vector<const Unit*> Tier::units() const {
  const std::lock_guard lock(mutex_);
  std::vector<const Unit*> out;
  for (const auto& unit : owned_) out.push_back(unit.get());
  for (const auto& [step, segment] : segments_) {
    if (segment == nullptr) continue;
    for (const Unit* unit : {segment->chosen.get(), segment->filled.get()}) {
      if (unit != nullptr) out.push_back(unit);
    }
  }
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
