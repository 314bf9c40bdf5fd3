// Recall, the formula and the page of the films' strategy, each as a loop over mapped columns.
#include "bench/handwritten/movies.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "bench/handwritten/order.h"
#include "operators/numerics/lanes.h"
#include "operators/numerics/log.h"

namespace rec::handwritten {
namespace {

constexpr float kQualityWeight = 1.0F, kTheta = 0.8F;
constexpr size_t kBest = 100, kPage = 20, kWindow = 5;
enum ChannelNumber : size_t { kSimilar, kLoved, kKnown };
constexpr std::array<size_t, Movies::kChannels> kTake{300, 100, 50};
constexpr std::array<size_t, Movies::kChannels> kTurns{4, 1, 1};

float standing(float mean, float ratings) {
  const float pulled = (mean * ratings + 3.5F * 20.0F) / (ratings + 20.0F) / 5.0F;
  return std::min(std::max(pulled, 0.0F), 1.0F);
}

float jaccard(uint32_t a, uint32_t b) {
  const int both = std::popcount(a & b), either = std::popcount(a | b);
  return either == 0 ? 0.0F : static_cast<float>(static_cast<double>(both) / static_cast<double>(either));
}

}  // namespace

Movies::Movies(const store::Generation& generation)
    : generation_(generation),
      movies_(*generation.table("movies")),
      ratings_(column_of(generation, "movies", "ratings")),
      mean_rating_(column_of(generation, "movies", "mean_rating")),
      genres_(column_of(generation, "movies", "genres")),
      title_(column_of(generation, "movies", "title")),
      item_cf_(*generation.index("item_cf")),
      by_ratings_(*movies_.value_order(column_number(generation, "movies", "ratings"))),
      watched_sequence_(sequence_number(generation, "watched")),
      likes_sequence_(sequence_number(generation, "likes")),
      genre_number_(movies_.strings().size()),
      children_(movies_.strings().find("Children").value_or(-1)),
      drama_(movies_.strings().find("Drama").value_or(-1)),
      strings_(movies_.strings()),
      watched_(movies_.rows()),
      placed_(movies_.rows()),
      neighbours_(movies_.rows()),
      slot_(movies_.rows()) {
  constexpr uint8_t kUnknown = UINT8_MAX;
  std::ranges::fill(genre_number_, kUnknown);
  uint8_t count = 0;
  for (uint32_t row = 0; row < movies_.rows(); ++row) {
    for (const int32_t code : genres_of(row)) {
      uint8_t& number = genre_number_[static_cast<size_t>(code)];
      if (number == kUnknown) number = count++;
    }
  }
  if (count > 32) std::abort();
}

std::optional<std::span<const Movies::Item>> Movies::page(int64_t user) {
  arena_.reset();
  const auto watched = generation_.read_sequence(watched_sequence_, user, strings_, arena_);
  const auto likes = generation_.read_sequence(likes_sequence_, user, strings_, arena_);
  if (!watched || !likes) return std::nullopt;
  const std::span<const uint32_t> seen{watched->events.item, watched->events.size};
  watched_.add(seen);
  recall_similar({likes->events.item, std::min<size_t>(likes->events.size, 200)});
  recall_loved();
  recall_known();
  watched_.clear(seen);
  merge();
  value_candidates();
  arrange();
  emit();
  return page_;
}

void Movies::recall_similar(std::span<const uint32_t> liked) {
  keys_.clear();
  neighbours_.score(
      item_cf_, liked, 50, [](size_t) { return 1.0; },
      [&](uint32_t row, float score) {
        if (!watched_.has(row)) keys_.push_back(best_first(score, row));
      });
  keep_first(keys_, kTake[kSimilar]);
  Channel& channel = channels_[kSimilar];
  channel.rows.clear();
  channel.scores.clear();
  for (const uint64_t key : keys_) {
    channel.rows.push_back(static_cast<uint32_t>(key));
    channel.scores.push_back(score_of(static_cast<uint32_t>(key >> 32)));
  }
}

/// Well-known ones, by what people think of them: those with many ratings stand together in the order by ratings.
void Movies::recall_loved() {
  keys_.clear();
  const float* const mean = values_of<float>(mean_rating_);
  for (size_t i = by_ratings_.rows.size(); i > 0; --i) {
    const uint32_t row = by_ratings_.rows[i - 1];
    if (ratings_[row] < 50) break;
    if (!watched_.has(row)) keys_.push_back(best_first(mean_rating_.has(row) ? mean[row] : 0.0F, row));
  }
  keep_first(keys_, kTake[kLoved]);
  Channel& channel = channels_[kLoved];
  channel.rows.clear();
  channel.scores.clear();
  for (const uint64_t key : keys_) {
    channel.rows.push_back(static_cast<uint32_t>(key));
    channel.scores.push_back(score_of(static_cast<uint32_t>(key >> 32)));
  }
}

void Movies::recall_known() {
  auto& rows = channels_[kKnown].rows;
  rows.clear();
  walk_down(
      by_ratings_.rows, [&](uint32_t row) { return ratings_[row]; },
      [&](uint32_t row) {
        if (!watched_.has(row)) rows.push_back(row);
        return rows.size() < kTake[kKnown];
      });
}

/// In turns, each row once; then where each channel had it.
void Movies::merge() {
  merged_.clear();
  std::array<size_t, kChannels> next{};
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t c = 0; c < kChannels; ++c) {
      const auto& rows = channels_[c].rows;
      for (size_t left = kTurns[c]; left > 0 && next[c] < rows.size();) {
        const uint32_t row = rows[next[c]++];
        moved = true;
        if (!placed_.insert(row)) continue;
        slot_[row] = static_cast<uint32_t>(merged_.size());
        merged_.push_back(row);
        --left;
      }
    }
  }
  placed_.clear(merged_);
  position_.assign(merged_.size(), {});
  score_.assign(merged_.size(), {});
  for (size_t c = 0; c < kChannels; ++c) {
    const Channel& channel = channels_[c];
    for (size_t i = 0; i < channel.rows.size(); ++i) {
      const uint32_t at = slot_[channel.rows[i]];
      position_[at][c] = static_cast<uint16_t>(i + 1);
      if (c <= kLoved) score_[at][c] = channel.scores[i];
    }
  }
}

void Movies::value_candidates() {
  keys_.clear();
  value_.resize(merged_.size());
  const float* const mean = values_of<float>(mean_rating_);
  for (uint32_t at = 0; at < merged_.size(); ++at) {
    const uint32_t row = merged_[at];
    const float taste = score_[at][kSimilar];
    const float quality = standing(mean_rating_.has(row) ? mean[row] : 3.5F, static_cast<float>(ratings_[row]));
    value_[at] = numerics::log1p(20.0F * taste) + kQualityWeight * quality;
  }
  for (uint32_t at = 0; at < merged_.size(); ++at) {
    if (genres_of(merged_[at]).empty()) continue;
    keys_.push_back(best_first(value_[at], at));
  }
  keep_first(keys_, kBest);
  best_.clear();
  for (const uint64_t key : keys_) {
    Best& best = best_.emplace_back();
    best.place = static_cast<uint32_t>(key);
    best.value = value_[best.place];
    for (const int32_t code : genres_of(merged_[best.place]))
      best.genres |= 1U << genre_number_[static_cast<size_t>(code)];
  }
}

/// MMR with the page's rules. A position takes the best that no rule keeps out; only where there is none are the rules
/// gone through one by one, and those that would leave nobody are set aside.
void Movies::arrange() {
  const auto n = static_cast<uint32_t>(best_.size());
  const auto bit_of = [&](int32_t code) { return code < 0 ? 0U : 1U << genre_number_[static_cast<size_t>(code)]; };
  const uint32_t children = bit_of(children_), drama = bit_of(drama_);
  rows_.resize(kWindow * n);
  std::vector<uint8_t> left(n, 1);
  std::vector<float> most(n);
  std::vector<double> gain(n), objective(n);
  for (uint32_t i = 0; i < n; ++i)
    objective[i] = gain[i] = static_cast<double>(kTheta) * static_cast<double>(best_[i].value);
  const auto best_of = [&](uint32_t out) {
    uint32_t best = n;
    double top = -std::numeric_limits<double>::infinity();
    numerics::visit_at_least(objective, top, [&](uint32_t i) {
      if (left[i] == 0 || (best_[i].genres & out) != 0 || (best < n && !(objective[i] > top))) return;
      best = i;
      top = objective[i];
    });
    return best;
  };
  picks_.clear();
  uint32_t recent = 0, dramas = 0;  // children's films of the last four; dramas in a row
  while (picks_.size() < std::min<size_t>(kPage, n)) {
    const size_t at = picks_.size();
    const uint32_t first = recent >= 2 ? children : 0, second = dramas >= 3 ? drama : 0;
    uint32_t pick = best_of(first | second);
    if (pick == n) {
      const uint32_t kept = best_of(first) < n ? first : 0;
      pick = best_of(best_of(kept | second) < n ? kept | second : kept);
    }
    picks_.push_back(pick);
    left[pick] = 0;
    if (picks_.size() == std::min<size_t>(kPage, n)) break;
    recent += (best_[pick].genres & children) != 0 ? 1 : 0;
    if (at + 1 >= 5) recent -= (best_[picks_[at + 1 - 5]].genres & children) != 0 ? 1 : 0;
    dramas = (best_[pick].genres & drama) != 0 ? dramas + 1 : 0;
    float* const row = rows_.data() + at % kWindow * n;
    for (uint32_t i = 0; i < n; ++i) row[i] = 0.0F + 1.0F * jaccard(best_[pick].genres, best_[i].genres);
    std::copy_n(rows_.begin(), n, most.begin());
    for (size_t w = 1; w < std::min(at + 1, kWindow); ++w) {
      const float* const other = rows_.data() + w * n;
      for (uint32_t i = 0; i < n; ++i) most[i] = std::max(most[i], other[i]);
    }
    for (uint32_t i = 0; i < n; ++i)
      objective[i] = gain[i] - (1 - static_cast<double>(kTheta)) * static_cast<double>(most[i]);
  }
}

void Movies::emit() {
  page_.clear();
  for (const uint32_t pick : picks_) {
    const uint32_t at = best_[pick].place, row = merged_[at];
    Item& item = page_.emplace_back();
    item.key = std::get<int64_t>(movies_.key(row));
    item.title = movies_.strings().text(values_of<int32_t>(title_)[row]);
    item.value = best_[pick].value;
    item.taste = score_[at][kSimilar];
    if (mean_rating_.has(row)) item.stars = values_of<float>(mean_rating_)[row];
    item.genres = genres_of(row);
    for (size_t c = 0; c < kChannels; ++c) item.position[c] = position_[at][c];
    item.similar = score_[at][kSimilar];
    item.loved = score_[at][kLoved];
  }
}

}  // namespace rec::handwritten
