// The merge policies, in the plainest way.
#include "tests/interpreter/merge_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>

namespace rec::interpreter {
namespace {

class Merging {
 public:
  Merging(const std::vector<MergeChannel>& channels, size_t take)
      : channels_(channels), take_(take), next_(channels.size()), got_(channels.size()) {}

  void in_order() {
    for (size_t c = 0; c < channels_.size(); ++c) {
      while (place_next(c)) continue;
    }
  }
  void round_robin() {
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t c = 0; c < channels_.size(); ++c) {
        for (size_t i = 0; i < channels_[c].low; ++i) moved |= place_next(c);
      }
    }
  }
  void quota() {
    for (size_t c = 0; c < channels_.size(); ++c) {
      while (got_[c] < channels_[c].low && place_next(c)) continue;
    }
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t c = 0; c < channels_.size(); ++c) {
        if (got_[c] < channels_[c].high) moved |= place_next(c);
      }
    }
  }
  /// `best` or `sum`.
  void by_scores(bool sum) {
    std::map<uint32_t, double> value;
    std::vector<uint32_t> met;
    for (const auto& channel : channels_) {
      for (size_t i = 0; i < channel.rows.size(); ++i) {
        const double scaled = channel.weight * scaled_score(channel, i);
        const auto [at, fresh] = value.emplace(channel.rows[i], scaled);
        if (fresh) {
          met.push_back(channel.rows[i]);
        } else {
          at->second = sum ? at->second + scaled : std::max(at->second, scaled);
        }
      }
    }
    std::ranges::stable_sort(met, [&](uint32_t a, uint32_t b) { return value[a] > value[b]; });
    met.resize(std::min(met.size(), take_));
    rows = met;
  }

  std::vector<uint32_t> rows;

 private:
  /// The channel's next row that is not there yet.
  bool place_next(size_t c) {
    while (rows.size() < take_ && next_[c] < channels_[c].rows.size()) {
      const uint32_t row = channels_[c].rows[next_[c]++];
      if (!there_.insert(row).second) continue;
      rows.push_back(row);
      ++got_[c];
      return true;
    }
    return false;
  }

  static double scaled_score(const MergeChannel& channel, size_t i) {
    if (channel.scores.empty()) return 1.0 / static_cast<double>(i + 1);
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const float s : channel.scores) {
      if (std::isfinite(s)) {
        low = std::min(low, double{s});
        high = std::max(high, double{s});
      }
    }
    const double s = channel.scores[i];
    if (std::isnan(s)) return 0;
    if (std::isfinite(s) && low == high) return 1;
    const double scaled = std::isinf(s) ? (s > 0 ? 1 : 0) : (s - low) / (high - low);
    return channel.ascending ? 1 - scaled : scaled;
  }

  const std::vector<MergeChannel>& channels_;
  size_t take_;
  std::vector<size_t> next_, got_;
  std::set<uint32_t> there_{};
};

}  // namespace

std::vector<uint32_t> merged(const std::string& policy, const std::vector<MergeChannel>& channels, size_t take) {
  Merging merging(channels, take);
  if (policy == "in_order" || policy == "waterfall") {
    merging.in_order();
  } else if (policy == "round_robin") {
    merging.round_robin();
  } else if (policy == "quota") {
    merging.quota();
  } else if (policy == "best" || policy == "sum") {
    merging.by_scores(policy == "sum");
  } else {
    throw std::logic_error("no reference for " + policy);
  }
  return std::move(merging.rows);
}

}  // namespace rec::interpreter
