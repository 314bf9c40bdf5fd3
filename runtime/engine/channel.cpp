// One channel of `recall`: its source, its conditions, its ordering, its `take`.
#include <algorithm>
#include <exception>
#include <functional>
#include <unordered_map>

#include "runtime/engine/admit.h"
#include "runtime/engine/nested.h"
#include "runtime/engine/order.h"
#include "runtime/engine/run.h"
#include "runtime/engine/scan_hints.h"
#include "runtime/engine/source_arguments.h"

namespace rec::engine {
namespace {

std::string_view index_name(const graph::Channel& channel) {
  for (const auto& argument : channel.arguments) {
    if (argument.kind == operators::ParameterKind::index) return argument.index;
  }
  return {};
}

/// `by` of what came in its order already: the key becomes the score where it is a float.
void score_by(Run& run, const graph::Order& by, ChannelResult& result) {
  result.scores.clear();
  if (run.plan.exprs[by.key].type.kind != types::Kind::floating) return;
  interpreter::Evaluator key(run.context, by.key);
  const auto* values = key.run({.batch = nullptr, .indices = result.rows}).as<float>();
  result.scores.assign(values, values + result.rows.size());
}

/// `by`: puts the candidates in the order of the key, which becomes their score where it is a float.
void reorder(Run& run, const graph::Order& by, size_t take, ChannelResult& result) {
  interpreter::Evaluator key(run.context, by.key);
  const types::Type& type = run.plan.exprs[by.key].type;
  const interpreter::Values values = key.run({.batch = nullptr, .indices = result.rows});
  uint64_t nan = 0;
  const auto places = first_of(values, type, result.rows.size(), by.ascending, take, nan);
  std::vector<uint32_t> rows(places.size());
  for (size_t i = 0; i < places.size(); ++i) rows[i] = result.rows[places[i]];
  result.scores.clear();
  if (type.kind == types::Kind::floating) {
    result.scores.reserve(places.size());
    for (const uint32_t place : places) result.scores.push_back(values.as<float>()[place]);
  }
  result.rows = std::move(rows);
}

void cut(ChannelResult& result, size_t take) {
  if (result.rows.size() > take) result.rows.resize(take);
  if (result.scores.size() > take) result.scores.resize(take);
}

using Found = std::expected<operators::Candidates, std::string>;

/// Sources are anyone's code: what they throw ends here, as their failure.
Found call_source(const operators::SourceDef& source, const operators::SourceCall& call) {
  try {
    return source.run(call);
  } catch (const std::exception& thrown) {
    return std::unexpected(std::string("it threw: ") + thrown.what());
  } catch (...) {
    return std::unexpected("it threw something that is no std::exception");
  }
}

/// Another pipeline's page, cut to what passes this channel's conditions. Rows of other tables stay out.
ChannelResult run_pipeline(Run& run, const graph::Channel& channel, Admit& admit, std::optional<uint32_t> take,
                           std::optional<std::chrono::steady_clock::time_point> until) {
  const Stopwatch watch;
  const interpreter::NativeUse before = run.context.native_use();
  ChannelResult result;
  result.trace.name = channel.name;
  auto nested = run_nested(run, channel.pipeline, until);
  Run& page = nested->run;
  run.gone += page.gone + page.context.gone();
  run.waited_for_code |= page.waited_for_code || page.context.waited_for_code();
  if (!run.damage) run.damage = page.damage ? page.damage : page.context.error();
  if (page.failure) {
    result.failure = page.failure->message;
    result.trace.us = watch.us();
    return result;
  }
  for (const Degradation& degraded : page.degraded)
    run.degraded.push_back({"channel " + channel.name + ": " + degraded.what, degraded.reason});
  std::vector<uint32_t> rows;
  for (const uint32_t at : page.batch.order) rows.push_back(page.batch.rows[at]);
  std::vector<uint8_t> keep(rows.size(), 1);
  admit(rows, keep);
  std::unordered_map<uint32_t, uint32_t> places;  // looked up only, never walked
  for (uint32_t i = 0; i < rows.size(); ++i) {
    if (keep[i] == 0 || !places.emplace(rows[i], i).second) continue;
    result.rows.push_back(rows[i]);
  }
  if (channel.by) reorder(run, *channel.by, take.value_or(UINT32_MAX), result);
  cut(result, take.value_or(UINT32_MAX));
  for (const uint32_t row : result.rows) result.page_places.push_back(places.at(row));
  result.page = std::move(nested);
  result.trace.looked_at = rows.size();
  result.trace.out = result.rows.size();
  result.trace.short_of_take = take && result.rows.size() < *take;
  if (run.traced) {
    result.trace.drops = admit.drops();
    result.trace.engine = engine_of(run, before, page.context.native_use());
  }
  result.trace.us = watch.us();
  return result;
}

}  // namespace

ChannelResult run_channel(Run& run, const graph::Channel& channel, std::stop_token stop,
                          std::optional<std::chrono::steady_clock::time_point> until) {
  const Stopwatch watch;
  ChannelResult result;
  result.trace.name = channel.name;
  std::optional<uint32_t> take;
  if (channel.take != graph::kNoExpr) take = count_of(run, channel.take);

  const interpreter::NativeUse before = run.context.native_use();
  Admit admit(run.context, channel.where);
  const operators::AdmitFn admit_fn = std::ref(admit);
  if (channel.pipeline != nullptr) return run_pipeline(run, channel, admit, take, until);
  const auto arguments = source_arguments(run, channel);
  if (!arguments) {
    result.failure = arguments.error();
    result.trace.us = watch.us();
    return result;
  }
  operators::ScanHints hints;
  const auto& source = std::get<operators::SourceDef>(channel.source->what);
  if (source.scans) hints = scan_hints(run, channel);
  const operators::SourceCall call{.generation = run.generation,
                                   .item_table = run.plan.item_table,
                                   .user_row = run.context.inputs().user_row,
                                   .index = index_name(channel),
                                   .arguments = *arguments,
                                   .admit = admit_fn,
                                   .take = take,
                                   .reordered = channel.by.has_value(),
                                   .arena = run.arena(),
                                   .stop = std::move(stop),
                                   .deadline = until,
                                   .hints = source.scans ? &hints : nullptr};
  auto found = call_source(source, call);
  if (!found) {
    result.failure = std::move(found.error());
    result.trace.us = watch.us();
    return result;
  }
  result.rows = std::move(found->rows);
  result.scores = std::move(found->scores);
  if (channel.by && found->in_order) {
    cut(result, take.value_or(UINT32_MAX));
    score_by(run, *channel.by, result);
  } else if (channel.by) {
    reorder(run, *channel.by, take.value_or(UINT32_MAX), result);
  }
  cut(result, take.value_or(UINT32_MAX));
  result.trace.looked_at = found->looked_at;
  result.trace.out = result.rows.size();
  result.trace.short_of_take = take && result.rows.size() < *take;
  if (run.traced) {
    result.trace.drops = admit.drops();
    result.trace.engine = engine_of(run, before);
  }
  result.trace.us = watch.us();
  return result;
}

}  // namespace rec::engine
