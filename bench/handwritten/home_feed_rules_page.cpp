// The page of the rules' home feed: MMR over vectors that lie side by side, with the rules as flags and counts.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bench/handwritten/home_feed_rules.h"
#include "operators/numerics/lanes.h"
#include "operators/numerics/vectors.h"

namespace rec::handwritten {
namespace {

constexpr float kTheta = 0.7F;
constexpr size_t kPage = 30, kWindow = 10, kDimensions = 64, kLanes = 64;

}  // namespace

/// Unit vectors, element by element side by side in tiles of kLanes candidates.
void HomeFeedRules::copy_vectors() {
  constexpr size_t kEight = numerics::kFloats;
  static constexpr float kZeros[kDimensions] = {};
  const size_t n = best_.rows.size(), tiles = (n + kLanes - 1) / kLanes;
  vectors_.resize(tiles * kDimensions * kLanes);
  for (size_t i = 0; i < tiles * kLanes; i += kEight) {
    const float* vectors[kEight];
    float scales[kEight];
    for (size_t v = 0; v < kEight; ++v) {
      vectors[v] = i + v < n ? content_.vector(best_.rows[i + v]) : nullptr;
      const double squares = vectors[v] == nullptr ? 0 : numerics::dot(vectors[v], vectors[v], kDimensions);
      scales[v] = squares > 0 && std::isfinite(squares) ? static_cast<float>(1 / std::sqrt(squares)) : 0.0F;
      if (scales[v] == 0) vectors[v] = kZeros;
    }
    float* const lane = vectors_.data() + i / kLanes * kDimensions * kLanes + i % kLanes;
    for (size_t e = 0; e < kDimensions; e += kEight) {
      numerics::Floats square[kEight];
      for (size_t v = 0; v < kEight; ++v) square[v] = numerics::load(vectors[v] + e) * scales[v];
      numerics::transpose(square);
      for (size_t k = 0; k < kEight; ++k) numerics::store(square[k], lane + (e + k) * kLanes);
    }
  }
}

/// 0.8 · cosine + 0.4 · same author, with each candidate.
void HomeFeedRules::likeness_of(uint32_t pick, float* out) const {
  constexpr size_t kEights = kLanes / numerics::kFloats;
  const size_t n = best_.rows.size();
  const float* const own = vectors_.data() + pick / kLanes * kDimensions * kLanes + pick % kLanes;
  const int64_t author = best_.author[pick];
  for (size_t first = 0; first < n; first += kLanes) {
    const float* const tile = vectors_.data() + first * kDimensions;
    numerics::Floats sums[kEights] = {};
    for (size_t e = 0; e < kDimensions; ++e) {
      const numerics::Floats factor = numerics::all(own[e * kLanes]);
      for (size_t k = 0; k < kEights; ++k)
        sums[k] = numerics::fused(factor, numerics::load(tile + e * kLanes + k * numerics::kFloats), sums[k]);
    }
    for (size_t k = 0; k < kEights; ++k) numerics::store(0.8F * sums[k], out + first + k * numerics::kFloats);
  }
  for (size_t i = 0; i < n; ++i) out[i] += best_.author[i] == author ? 0.4F : 0.0F;
}

/// MMR with the page's rules. A position takes the best that no rule keeps out; only where there is none are the rules
/// gone through one by one, and those that would leave nobody are set aside.
void HomeFeedRules::arrange() {
  enum Flag : uint8_t { kGoods = 1, kVideo = 2, kBoosted = 4, kAuthor = 8, kNotFresh = 16 };
  const auto n = static_cast<uint32_t>(best_.rows.size());
  const size_t room = (n + kLanes - 1) / kLanes * kLanes;
  copy_vectors();
  rows_.resize(kWindow * room);
  std::vector<uint8_t> flags(n), left(n, 1);
  std::vector<float> most(n);
  std::vector<double> gain(n), objective(n);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t row = best_.rows[i];
    flags[i] = static_cast<uint8_t>((has_goods_[row] != 0 ? kGoods : 0) | (kind_[row] == video_ ? kVideo : 0) |
                                    (boosted_[row] != 0 ? kBoosted : 0) |
                                    (position_[best_.places[i]][kFresh] == 0 ? kNotFresh : 0));
    objective[i] = gain[i] = static_cast<double>(kTheta) * static_cast<double>(best_.value[i]);
  }
  const auto author = [&](uint32_t i) { return static_cast<size_t>(best_.author[i]); };
  const auto best_of = [&](unsigned out, bool by_author) {
    uint32_t best = n;
    double top = -std::numeric_limits<double>::infinity();
    numerics::visit_at_least(objective, top, [&](uint32_t i) {
      if (left[i] == 0 || (flags[i] & out) != 0 || (best < n && !(objective[i] > top))) return;
      if (by_author && page_author_count_.of(author(i)) >= 2) return;
      best = i;
      top = objective[i];
    });
    return best;
  };
  picks_.clear();
  uint32_t goods = 0, fresh = 0, boosted = 0, videos = 0;  // boosted: of the last eight; videos: in a row
  while (picks_.size() < std::min<size_t>(kPage, n)) {
    const size_t at = picks_.size();
    unsigned out = 0;
    if (at < 4 && goods >= 1) out |= kGoods;
    if (videos >= 5) out |= kVideo;
    if (boosted >= 1) out |= kBoosted;
    const uint32_t owed = fresh < 2 ? 2 - fresh : 0;
    if (at < 10 && owed > 0 && 10 - at <= owed) out |= kNotFresh;
    uint32_t pick = best_of(out, true);
    if (pick == n) {
      unsigned kept = out & kGoods;
      if (best_of(kept, false) == n) break;  // `must`
      for (const unsigned rule : {kVideo, kBoosted}) {
        if (best_of(kept | (out & rule), false) < n) kept |= out & rule;
      }
      const bool by_author = best_of(kept, true) < n;
      if (best_of(kept | (out & kNotFresh), by_author) < n) kept |= out & kNotFresh;
      pick = best_of(kept, by_author);
    }
    picks_.push_back(pick);
    left[pick] = 0;
    if (picks_.size() == std::min<size_t>(kPage, n)) break;
    goods += (flags[pick] & kGoods) != 0 ? 1 : 0;
    fresh += (flags[pick] & kNotFresh) == 0 ? 1 : 0;
    videos = (flags[pick] & kVideo) != 0 ? videos + 1 : 0;
    boosted += (flags[pick] & kBoosted) != 0 ? 1 : 0;
    page_author_count_.add(author(pick));
    if (at + 1 >= 9) boosted -= (flags[picks_[at + 1 - 9]] & kBoosted) != 0 ? 1 : 0;
    if (at + 1 >= 10) page_author_count_.remove(author(picks_[at + 1 - 10]));
    likeness_of(pick, rows_.data() + at % kWindow * room);
    std::copy_n(rows_.begin(), n, most.begin());
    for (size_t w = 1; w < std::min(at + 1, kWindow); ++w) {
      const float* const row = rows_.data() + w * room;
      for (uint32_t i = 0; i < n; ++i) most[i] = std::max(most[i], row[i]);
    }
    for (uint32_t i = 0; i < n; ++i)
      objective[i] = gain[i] - (1 - static_cast<double>(kTheta)) * static_cast<double>(most[i]);
  }
  for (const uint32_t pick : picks_) page_author_count_.clear(author(pick));
}

void HomeFeedRules::emit() {
  page_.clear();
  for (const uint32_t pick : picks_) {
    const uint32_t row = best_.rows[pick], at = best_.places[pick];
    Item& item = page_.emplace_back();
    item.key = std::get<int64_t>(notes_.key(row));
    item.author = author_[row];
    item.title = notes_.strings().text(values_of<int32_t>(title_)[row]);
    item.topic = notes_.strings().text(topic_[row]);
    item.value = best_.value[pick];
    item.click = best_.click[pick];
    item.like = best_.like[pick];
    for (size_t c = 0; c < kChannels; ++c) item.position[c] = position_[at][c];
    item.clicked = score_[at][kClicked];
    item.liked = score_[at][kLiked];
  }
}

}  // namespace rec::handwritten
