// A channel on a thread of its own, with all it needs to outlive the request that started it.
#pragma once

#include <memory>

#include "runtime/column/spare_arena.h"
#include "runtime/engine/pool.h"
#include "runtime/engine/run.h"
#include "runtime/native/tier.h"

namespace rec::engine {

/// What one request computes in. Whoever may still run when the request has ended holds it.
struct RequestState {
  RequestState(std::shared_ptr<const graph::Plan> a_plan, std::shared_ptr<const store::Generation> a_generation,
               interpreter::RequestInputs inputs)
      : plan(std::move(a_plan)),
        generation(std::move(a_generation)),
        context(*plan, *generation, std::move(inputs), memory.get()) {}
  std::shared_ptr<const graph::Plan> plan;
  std::shared_ptr<const store::Generation> generation;
  column::SpareArena memory{};
  interpreter::RequestContext context;
  std::shared_ptr<const native::Tier> tier{};  // null: all is interpreted

  /// Native code from here on, where there is a compiler.
  void use(native::Tiers* tiers) {
    if (tiers == nullptr) return;
    tier = tiers->of(plan, generation, context.inputs().parameters);
    context.use(tier.get());
  }
};

/// Computes on this thread what of the channel's expressions is the same for all candidates, so that the channel's
/// thread finds it.
void prepare_channel(Run& run, const graph::Channel& channel);

struct ChannelTask {
  ChannelTask(Run& request, const graph::Channel& its_channel);
  std::shared_ptr<const RequestState> owner;
  column::SpareArena memory{};
  std::unique_ptr<interpreter::RequestContext> context;
  Run run;
  const graph::Channel& channel;
  ChannelResult result{};  // of the channel's thread until that has ended
};

}  // namespace rec::engine
