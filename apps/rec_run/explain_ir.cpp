// Kernels in the order of the steps: loops over runs of steps, then expressions that stand alone.
#include "apps/rec_run/explain_ir.h"

#include <fmt/format.h>

#include "apps/rec_run/native_code.h"
#include "compiler/graph/references.h"

namespace rec::rec_run {
namespace {

void ask(const native::Tier& tier, const graph::Step& step) {
  auto expression = [&](graph::ExprId root) { tier.expression(root); };
  graph::References(expression).of(step);
}

/// Steps and expressions are asked for as a request would.
void ask(const native::Tier& tier, const std::vector<graph::Step>& steps, size_t first) {
  for (size_t at = first; at < steps.size(); ++at) {
    if (const native::Segment* segment = tier.segment(steps, at)) {
      at += segment->steps - 1;
      continue;
    }
    ask(tier, steps[at]);
  }
}

}  // namespace

Exit explain_ir(const graph::Plan& plan, const store::Generation& generation, const source::Sources& sources,
                const std::string& kind) {
  const auto tiers = native_code(sources);
  if (tiers == nullptr) return kData;
  std::vector<types::Value> parameters;
  for (const auto& parameter : plan.parameters) parameters.push_back(parameter.default_value);
  const native::Tier tier(plan, generation, parameters, tiers->compiler());
  ask(tier, plan.steps.front());
  ask(tier, plan.steps, 1);
  for (const auto& emit : plan.emits) tier.expression(emit.value);
  fmt::print("; {} kernels of {}, for {}\n", tier.units().size(), plan.name, tiers->compiler()->isa());
  for (const native::Unit* unit : tier.units()) {
    const bool of_channel = unit->kernel().does == native::Kernel::Does::values;
    fmt::print("\n; {}\n{}", unit->kernel().name,
               tiers->compiler()->listing(unit->kernel(), {.consecutive = true, .rows_follow = of_channel}, kind));
  }
  return kOk;
}

}  // namespace rec::rec_run
