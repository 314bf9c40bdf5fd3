// Ranking metrics of one page, and means over many.
#include "offline/evaluation/metrics.h"

#include <algorithm>
#include <cmath>

namespace rec::evaluation {
namespace {

double discount(uint32_t rank) {
  return 1 / std::log2(static_cast<double>(rank) + 1);
}

}  // namespace

RankMetrics rank_metrics(std::span<const uint32_t> ranked, const std::set<uint32_t>& truth, uint32_t k) {
  RankMetrics out;
  if (truth.empty() || k == 0) return out;
  double hits = 0, gain = 0, precisions = 0;
  for (uint32_t rank = 1; rank <= std::min<size_t>(k, ranked.size()); ++rank) {
    if (!truth.contains(ranked[rank - 1])) continue;
    if (hits == 0) out.mrr = 1.0 / rank;
    ++hits;
    gain += discount(rank);
    precisions += hits / rank;
  }
  const auto most = static_cast<uint32_t>(std::min<size_t>(k, truth.size()));
  double ideal = 0;
  for (uint32_t rank = 1; rank <= most; ++rank) ideal += discount(rank);
  out.recall = hits / static_cast<double>(truth.size());
  out.precision = hits / k;
  out.hit_rate = hits > 0 ? 1 : 0;
  out.ndcg = gain / ideal;
  out.map = precisions / most;
  return out;
}

Interval bootstrap(std::span<const float> values, uint32_t resamples, uint64_t seed) {
  Interval out;
  if (values.empty()) return out;
  double sum = 0;
  for (const float value : values) sum += double{value};
  const auto n = static_cast<double>(values.size());
  out.mean = out.low = out.high = sum / n;
  uint64_t state = seed * 0x9E3779B97F4A7C15 + 1;
  std::vector<double> means;
  for (uint32_t r = 0; r < resamples; ++r) {
    double total = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      state ^= state << 13;  // xorshift64 (Marsaglia 2003)
      state ^= state >> 7;
      state ^= state << 17;
      total += double{values[static_cast<size_t>(((state >> 32) * values.size()) >> 32)]};
    }
    means.push_back(total / n);
  }
  if (means.empty()) return out;
  std::ranges::sort(means);
  const auto at = [&](double share) {
    return means[static_cast<size_t>(share * static_cast<double>(means.size() - 1))];
  };
  out.low = at(0.025);
  out.high = at(0.975);
  return out;
}

}  // namespace rec::evaluation
