// `merge`: one duplicate-free batch of the channels' results, with where each candidate came from.
#include <algorithm>

#include "operators/row_index.h"
#include "runtime/engine/nested.h"
#include "runtime/engine/run.h"
#include "runtime/interpreter/row_wise.h"

namespace rec::engine {
namespace {

int64_t count_or_one(Run& run, graph::ExprId expr) {
  return expr == graph::kNoExpr ? 1 : std::max<int64_t>(run.context.integer(expr), 0);
}

std::vector<operators::MergePick> picks(Run& run, const graph::MergeStep& merge,
                                        std::span<const ChannelResult> channels) {
  std::optional<uint32_t> take;
  if (merge.take != graph::kNoExpr) take = count_of(run, merge.take);
  const auto& policy = std::get<operators::MergeDef>(merge.policy->what);
  const auto& written = std::get<graph::RecallStep>(run.plan.steps.front().what).channels;
  std::vector<operators::MergeInput> inputs(channels.size());
  for (size_t c = 0; c < channels.size(); ++c) {
    inputs[c].rows = channels[c].rows;
    inputs[c].scores = channels[c].scores;
    inputs[c].ascending = written[c].by && written[c].by->ascending;
    if (c < merge.weights.size() && merge.weights[c] != graph::kNoExpr)
      inputs[c].weight = run.context.floating(merge.weights[c]);
    if (c >= merge.counts.size()) continue;
    if (policy.ranges && merge.counts[c].first == graph::kNoExpr) {
      inputs[c].low = 0;
      inputs[c].high = UINT32_MAX;
      continue;
    }
    inputs[c].low = count_or_one(run, merge.counts[c].first);
    inputs[c].high =
        merge.counts[c].second == graph::kNoExpr ? inputs[c].low : count_or_one(run, merge.counts[c].second);
  }
  return policy.run(inputs, take);
}

/// Positions and scores of a channel's candidates, by place in the batch.
interpreter::ChannelColumn provenance(Run& run, ChannelResult& channel, const operators::RowIndex& places,
                                      size_t rows) {
  const auto position = run.arena().allocate<int32_t>(rows);
  std::ranges::fill(position, 0);
  std::span<float> score;
  if (!channel.scores.empty()) {
    score = run.arena().allocate<float>(rows);
    std::ranges::fill(score, 0.0F);
  }
  for (size_t i = 0; i < channel.rows.size(); ++i) {
    const uint32_t at = places.find(channel.rows[i]);
    if (at == operators::RowIndex::kNone) continue;
    position[at] = static_cast<int32_t>(i + 1);
    if (!score.empty()) score[at] = channel.scores[i];
    ++channel.trace.kept;
  }
  return {.position = position, .score = score};
}

/// What steps read of a channel's pipeline: a column for each value that some expression names.
std::vector<interpreter::BatchColumn> emitted(Run& run, size_t c, const ChannelResult& channel,
                                              const operators::RowIndex& places, size_t rows) {
  if (channel.page == nullptr) return {};
  const graph::Plan& page = *std::get<graph::RecallStep>(run.plan.steps.front().what).channels[c].pipeline;
  std::vector<uint32_t> from, at;
  for (size_t i = 0; i < channel.rows.size(); ++i) {
    const uint32_t place = places.find(channel.rows[i]);
    if (place == operators::RowIndex::kNone) continue;
    from.push_back(channel.page_places[i]);
    at.push_back(place);
  }
  std::vector<interpreter::BatchColumn> out(page.emits.size());
  for (graph::ExprId id = 0; id < run.plan.exprs.size(); ++id) {
    const graph::Node& node = run.plan.exprs[id];
    if (node.op == graph::Op::channel_emit && node.index == c)
      out[node.index2] = emitted_column(run, *channel.page, page, node.index2, from, at, rows);
  }
  return out;
}

}  // namespace

void merge_channels(Run& run, const graph::MergeStep& merge, std::span<ChannelResult> channels) {
  auto& batch = run.batch;
  if (merge.policy == nullptr) {
    batch.rows = channels[0].rows;
  } else {
    const auto merged = picks(run, merge, channels);
    batch.rows.reserve(merged.size());
    for (const auto& pick : merged) batch.rows.push_back(channels[pick.channel].rows[pick.position]);
  }
  operators::RowIndex places(batch.rows.size(), run.generation.table(run.plan.item_table).rows());
  batch.order.resize(batch.rows.size());
  for (size_t i = 0; i < batch.rows.size(); ++i) batch.order[i] = places.insert(batch.rows[i]).first;
  batch.in_base_order = true;
  batch.rows_by_one = !batch.rows.empty() && interpreter::are_consecutive(batch.rows.data(), batch.rows.size());
  batch.channels.reserve(channels.size());
  for (size_t c = 0; c < channels.size(); ++c) {
    batch.channels.push_back(provenance(run, channels[c], places, batch.rows.size()));
    batch.channels.back().emits = emitted(run, c, channels[c], places, batch.rows.size());
    if (channels[c].page != nullptr) run.nested.push_back(std::move(channels[c].page));
  }
}

}  // namespace rec::engine
