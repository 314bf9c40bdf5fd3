// The reference: channels and their merge.
#include <numeric>
#include <set>
#include <stdexcept>

#include "tests/interpreter/merge_reference.h"
#include "tests/interpreter/page_reference.h"

namespace rec::interpreter {

using graph::kNoExpr;
using types::Kind;

Found PageReference::source(const graph::Channel& channel) {
  Found out;
  if (channel.pipeline != nullptr) {
    RequestContext inner(*channel.pipeline, context_.generation(), context_.inputs(), context_.arena());
    for (const auto& each : PageReference(inner).run()) {
      if (each.table != plan_.item_table) continue;
      out.rows.push_back(each.row);
      for (const auto& cell : each.values) out.emits[each.row].push_back(*cell);
    }
  } else if (channel.source->name == "list") {
    out.rows = list_of_rows(channel.arguments[0].expr);
  } else if (channel.source->name == "items") {
    out.rows.resize(context_.generation().table(plan_.item_table).rows());
    std::iota(out.rows.begin(), out.rows.end(), 0U);
  } else {
    throw std::logic_error("no reference for this source");
  }
  return out;
}

Found PageReference::channel(const graph::Channel& channel) {
  if (channel.when != kNoExpr && of_row(channel.when, 0).as<uint8_t>() == 0) return {};
  Found out = source(channel);
  std::erase_if(out.rows, [&](uint32_t row) {
    return !std::ranges::all_of(
        channel.where, [&](const auto& predicate) { return of_row(predicate.expr, row).template as<uint8_t>() != 0; });
  });
  if (channel.by) {
    const auto key = [&](uint32_t row) { return of_row(channel.by->key, row); };
    out.rows = ordered(out.rows, *channel.by, key);
    if (plan_.exprs[channel.by->key].type.kind == Kind::floating) {
      for (const uint32_t row : out.rows) out.scores.push_back(key(row).as<float>());
    }
  }
  const size_t take = count(channel.take);
  if (out.rows.size() > take) out.rows.resize(take);
  if (out.scores.size() > take) out.scores.resize(take);
  return out;
}

void PageReference::run(const graph::RecallStep& recall) {
  const graph::MergeStep& merge = recall.merge;
  const std::string policy = merge.policy == nullptr ? "in_order" : merge.policy->name;
  const size_t take = merge.policy == nullptr ? SIZE_MAX : count(merge.take);
  std::vector<Found> found;
  std::vector<MergeChannel> channels;
  std::set<uint32_t> there;
  for (size_t c = 0; c < recall.channels.size(); ++c) {
    const bool runs = policy != "waterfall" || there.size() < take;
    found.push_back(runs ? channel(recall.channels[c]) : Found{});
    there.insert(found[c].rows.begin(), found[c].rows.end());
    const auto& by = recall.channels[c].by;
    MergeChannel made{.rows = found[c].rows, .scores = found[c].scores, .ascending = by && by->ascending};
    const bool counted = c < merge.counts.size() && merge.counts[c].first != kNoExpr;
    if (policy == "round_robin") made.low = counted ? count(merge.counts[c].first) : 1;
    if (policy == "quota" && counted) {
      made.low = count(merge.counts[c].first);
      made.high = merge.counts[c].second == kNoExpr ? made.low : count(merge.counts[c].second);
    }
    if (c < merge.weights.size() && merge.weights[c] != kNoExpr)
      made.weight = static_cast<double>(of_row(merge.weights[c], 0).as<float>());
    channels.push_back(std::move(made));
  }
  std::vector<uint32_t> order;
  for (const uint32_t row : merged(policy, channels, take)) order.push_back(state_.add(row));
  for (size_t c = 0; c < found.size(); ++c) {
    for (size_t i = 0; i < found[c].rows.size(); ++i) {
      const uint32_t row = found[c].rows[i];
      const auto at = std::ranges::find(state_.batch.rows, row) - state_.batch.rows.begin();
      if (static_cast<size_t>(at) == state_.batch.rows.size()) continue;
      state_.set_channel(c, static_cast<uint32_t>(at), static_cast<int32_t>(i + 1),
                         found[c].scores.empty() ? nullptr : &found[c].scores[i], found[c].emits[row]);
    }
  }
  keep(order);
}

}  // namespace rec::interpreter
