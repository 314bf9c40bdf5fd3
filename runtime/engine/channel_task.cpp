// Contexts of channels: forks of the request's, made on the request's thread.
#include "runtime/engine/channel_task.h"

namespace rec::engine {

void prepare_channel(Run& run, const graph::Channel& channel) {
  const auto prepare = [&](graph::ExprId expr) {
    if (expr != graph::kNoExpr) run.context.prepare(expr);
  };
  for (const auto& argument : channel.arguments) prepare(argument.expr);
  for (const auto& predicate : channel.where) prepare(predicate.expr);
  for (const auto& look_up : channel.look_ups) prepare(look_up.value);
  if (channel.by) prepare(channel.by->key);
  prepare(channel.take);
}

ChannelTask::ChannelTask(Run& request, const graph::Channel& its_channel)
    : owner(request.owner),
      context(request.context.fork(memory.get())),
      run{.plan = request.plan,
          .generation = request.generation,
          .context = *context,
          .sources = request.sources,
          .traced = request.traced,
          .pool = request.pool,
          .owner = request.owner,
          .models = request.models,
          .tiers = request.tiers},
      channel(its_channel) {}

}  // namespace rec::engine
