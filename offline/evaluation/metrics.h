// What is measured on a ranked page and the items that the user really chose.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace rec::evaluation {

/// Binary relevance, cut at k; docs/evaluation.md has the formulas. All 0 without truth.
struct RankMetrics {
  double recall = 0;     // hits / |truth|
  double precision = 0;  // hits / k
  double hit_rate = 0;   // 1 with a hit
  double ndcg = 0;       // Σ over hits 1/log2(rank + 1), divided by its most for min(k, |truth|) items
  double map = 0;        // Σ over hits (hits so far / rank), divided by min(k, |truth|)
  double mrr = 0;        // 1 / rank of the first hit
};
/// `ranked`: best first, none twice.
RankMetrics rank_metrics(std::span<const uint32_t> ranked, const std::set<uint32_t>& truth, uint32_t k);

/// A mean over users with the interval that holds it in 95 of 100 resamples of the users (percentile bootstrap, Efron
/// 1979). The same for the same seed.
struct Interval {
  double mean = 0, low = 0, high = 0;
};
Interval bootstrap(std::span<const float> values, uint32_t resamples, uint64_t seed);

}  // namespace rec::evaluation
