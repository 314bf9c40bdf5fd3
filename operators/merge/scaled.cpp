// Scaling of scores, and the order by what they come to.
#include "operators/merge/scaled.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "operators/merge/placed.h"

namespace rec::operators {

std::vector<double> scaled_scores(const MergeInput& channel) {
  std::vector<double> out(channel.rows.size());
  if (channel.scores.empty()) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = 1 / static_cast<double>(i + 1);
    return out;
  }
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const float score : channel.scores) {
    if (!std::isfinite(score)) continue;
    low = std::min(low, static_cast<double>(score));
    high = std::max(high, static_cast<double>(score));
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const auto score = static_cast<double>(channel.scores[i]);
    if (std::isnan(score)) continue;
    const bool equal = std::isfinite(score) && low == high;
    const double scaled = std::isinf(score) ? (score > 0 ? 1.0 : 0.0) : equal ? 1.0 : (score - low) / (high - low);
    out[i] = channel.ascending && !equal ? 1 - scaled : scaled;
  }
  return out;
}

std::vector<MergePick> merge_scaled(std::span<const MergeInput> channels, std::optional<uint32_t> take,
                                    double (*combine)(double, double)) {
  size_t rows = 0;
  for (const MergeInput& channel : channels) rows += channel.rows.size();
  RowIndex items(rows, Placed::bound(channels));
  std::vector<MergePick> first;
  std::vector<double> values;
  for (uint32_t c = 0; c < channels.size(); ++c) {
    const auto scaled = scaled_scores(channels[c]);
    for (uint32_t i = 0; i < scaled.size(); ++i) {
      const double value = static_cast<double>(channels[c].weight) * scaled[i];
      const auto [item, fresh] = items.insert(channels[c].rows[i]);
      if (fresh) {
        first.push_back({c, i});
        values.push_back(value);
      } else {
        values[item] = combine(values[item], value);
      }
    }
  }
  std::vector<uint32_t> order(first.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) { return values[a] > values[b]; });
  order.resize(std::min<size_t>(order.size(), take.value_or(UINT32_MAX)));
  std::vector<MergePick> picks;
  for (const uint32_t item : order) picks.push_back(first[item]);
  return picks;
}

}  // namespace rec::operators
