// Recall, filters, the formula and the page of the rules' home feed, each as a loop over mapped columns.
#include "bench/handwritten/home_feed_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bench/handwritten/order.h"
#include "operators/numerics/lanes.h"
#include "operators/numerics/log.h"
#include "operators/numerics/pow.h"
#include "operators/numerics/vectors.h"

namespace rec::handwritten {
namespace {

constexpr int64_t kDay = 86'400'000'000;  // microseconds
constexpr int64_t kHalfLife = 7 * kDay;
constexpr float kLikeWeight = 8.0F, kInterestWeight = 3.0F, kTheta = 0.7F;
constexpr size_t kMerged = 600, kBest = 200, kPage = 30, kWindow = 10, kDimensions = 64, kLanes = 64;
enum ChannelNumber : size_t { kClicked, kLiked, kFollowed, kPopular, kPraised, kFresh };
constexpr std::array<size_t, HomeFeedRules::kChannels> kTake{300, 150, 100, 100, 100, 100};
constexpr std::array<size_t, HomeFeedRules::kChannels> kTurns{3, 2, 1, 1, 1, 1};

float halved(int64_t age) {
  return numerics::pow(0.5F, static_cast<float>(static_cast<double>(age) / static_cast<double>(kHalfLife)));
}

float smoothed(float events, float shown, float usual) {
  return (events + 50.0F * usual) / (shown + 50.0F);
}

size_t values_up_to(const store::Table& table, const Ints& column) {
  int64_t most = 0;
  for (uint32_t row = 0; row < table.rows(); ++row) most = std::max(most, column[row]);
  return static_cast<size_t>(most) + 1;
}

std::span<const int64_t> ints_of(const column::ColumnView& lists, uint32_t row) {
  return lists.list(row).as<int64_t>();
}

}  // namespace

HomeFeedRules::HomeFeedRules(const store::Generation& generation)
    : generation_(generation),
      notes_(*generation.table("notes")),
      users_(*generation.table("users")),
      author_(column_of(generation, "notes", "author")),
      clicks_(column_of(generation, "notes", "clicks_7d")),
      likes_(column_of(generation, "notes", "likes_7d")),
      exposures_(column_of(generation, "notes", "exposures_7d")),
      created_(column_of(generation, "notes", "created_at")),
      blocked_column_(column_of(generation, "users", "blocked_authors")),
      followed_column_(column_of(generation, "users", "followed")),
      price_(column_of(generation, "notes", "price")),
      ctr_(column_of(generation, "notes", "ctr_7d")),
      content_(column_of(generation, "notes", "content")),
      title_(column_of(generation, "notes", "title")),
      has_goods_(values_of<uint8_t>(column_of(generation, "notes", "has_goods"))),
      boosted_(values_of<uint8_t>(column_of(generation, "notes", "boosted"))),
      kind_(values_of<int32_t>(column_of(generation, "notes", "kind"))),
      topic_(values_of<int32_t>(column_of(generation, "notes", "topic"))),
      video_(notes_.strings().find("video").value_or(-1)),
      item_cf_(*generation.index("item_cf")),
      by_author_(*notes_.value_index(column_number(generation, "notes", "author"))),
      by_clicks_(*notes_.value_order(column_number(generation, "notes", "clicks_7d"))),
      by_likes_(*notes_.value_order(column_number(generation, "notes", "likes_7d"))),
      by_created_(*notes_.value_order(column_number(generation, "notes", "created_at"))),
      clicks_sequence_(sequence_number(generation, "clicks")),
      likes_sequence_(sequence_number(generation, "likes")),
      exposures_sequence_(sequence_number(generation, "exposures")),
      strings_(notes_.strings()),
      clicked_rows_(notes_.rows()),
      placed_(notes_.rows()),
      neighbours_(notes_.rows()),
      exposed_count_(notes_.rows()),
      topic_count_(notes_.strings().size()),
      author_count_(values_up_to(notes_, author_)),
      page_author_count_(author_count_),
      slot_(notes_.rows()) {}

std::optional<std::span<const HomeFeedRules::Item>> HomeFeedRules::page(int64_t user) {
  if (!read_user(user)) return std::nullopt;
  const int64_t now = generation_.newest_event();
  clicked_rows_.add(clicked_.items);
  recall_similar(now);
  recall_followed();
  recall_along_orders(now);
  clicked_rows_.clear(clicked_.items);
  merge();
  keep_wanted(now);
  gather_features(now);
  value_candidates();
  keep_best();
  arrange();
  emit();
  return page_;
}

bool HomeFeedRules::read_user(int64_t user) {
  arena_.reset();
  clicked_ = liked_ = exposed_ = {};
  blocked_ = followed_ = {};
  const auto row = users_.find(user);
  if (!row) return true;  // a visitor: no events, nobody blocked or followed
  blocked_ = ints_of(blocked_column_, *row);
  followed_ = ints_of(followed_column_, *row);
  bool whole = true;
  clicked_ = read(clicks_sequence_, user, whole);
  liked_ = read(likes_sequence_, user, whole);
  exposed_ = read(exposures_sequence_, user, whole);
  return whole;
}

HomeFeedRules::Events HomeFeedRules::read(size_t sequence, int64_t user, bool& whole) {
  const auto read = generation_.read_sequence(sequence, user, strings_, arena_);
  if (!read) whole = false;
  return read ? Events{{read->events.item, read->events.size}, read->events.time} : Events{};
}

bool HomeFeedRules::eligible(uint32_t row) const {
  return !clicked_rows_.has(row) && std::ranges::find(blocked_, author_[row]) == blocked_.end();
}

/// The channel's candidates of the keys gathered, best first.
void HomeFeedRules::take_scored(Channel& channel, size_t count) {
  keep_first(keys_, count);
  channel.rows.clear();
  channel.scores.clear();
  for (const uint64_t key : keys_) {
    channel.rows.push_back(static_cast<uint32_t>(key));
    channel.scores.push_back(score_of(static_cast<uint32_t>(key >> 32)));
  }
}

void HomeFeedRules::recall_similar(int64_t now) {
  const auto offer = [&](uint32_t row, float score) {
    if (eligible(row)) keys_.push_back(best_first(score, row));
  };
  keys_.clear();
  const auto clicked = clicked_.items.first(std::min<size_t>(clicked_.items.size(), 200));
  neighbours_.score(item_cf_, clicked, 20, [](size_t) { return 1.0; }, offer);
  take_scored(channels_[kClicked], kTake[kClicked]);

  keys_.clear();
  const auto liked = liked_.items.first(std::min<size_t>(liked_.items.size(), 50));
  neighbours_.score(
      item_cf_, liked, 40, [&](size_t s) { return static_cast<double>(halved(now - liked_.times[s])); }, offer);
  take_scored(channels_[kLiked], kTake[kLiked]);
}

void HomeFeedRules::recall_followed() {
  keys_.clear();
  for (const int64_t author : followed_) {
    for (const uint32_t row : by_author_.find(author)) {
      if (!eligible(row)) continue;
      // Whole seconds since 1970 fit into 32 bits until 2106.
      const auto seconds = static_cast<uint32_t>(created_[row] / 1'000'000);
      keys_.push_back(uint64_t{~seconds} << 32 | row);
    }
  }
  keep_first(keys_, kTake[kFollowed]);
  auto& rows = channels_[kFollowed].rows;
  rows.clear();
  for (const uint64_t key : keys_) rows.push_back(static_cast<uint32_t>(key));
}

void HomeFeedRules::recall_along_orders(int64_t now) {
  const auto walk = [&](const store::ValueOrder& order, const Ints& column, size_t channel, auto wanted) {
    auto& rows = channels_[channel].rows;
    rows.clear();
    walk_down(
        order.rows, [&](uint32_t row) { return column[row]; },
        [&](uint32_t row) {
          if (wanted(row) && eligible(row)) rows.push_back(row);
          return rows.size() < kTake[channel];
        });
  };
  walk(by_clicks_, clicks_, kPopular, [](uint32_t) { return true; });
  walk(by_likes_, likes_, kPraised, [&](uint32_t row) { return exposures_[row] >= 10; });
  walk(by_created_, created_, kFresh, [&](uint32_t row) { return now - created_[row] < 3 * kDay; });
}

/// In turns, each row once; then where each channel had it.
void HomeFeedRules::merge() {
  merged_.clear();
  std::array<size_t, kChannels> next{};
  for (bool moved = true; moved && merged_.size() < kMerged;) {
    moved = false;
    for (size_t c = 0; c < kChannels; ++c) {
      const auto& rows = channels_[c].rows;
      for (size_t left = kTurns[c]; left > 0 && merged_.size() < kMerged && next[c] < rows.size();) {
        const uint32_t row = rows[next[c]++];
        moved = true;
        if (!placed_.insert(row)) continue;
        slot_[row] = static_cast<uint32_t>(merged_.size());
        merged_.push_back(row);
        --left;
      }
    }
  }
  position_.assign(merged_.size(), {});
  score_.assign(merged_.size(), {});
  for (size_t c = 0; c < kChannels; ++c) {
    const Channel& channel = channels_[c];
    for (size_t i = 0; i < channel.rows.size(); ++i) {
      if (!placed_.has(channel.rows[i])) continue;
      const uint32_t at = slot_[channel.rows[i]];
      position_[at][c] = static_cast<uint16_t>(i + 1);
      if (c <= kLiked) score_[at][c] = channel.scores[i];
    }
  }
  placed_.clear(merged_);
}

void HomeFeedRules::keep_wanted(int64_t now) {
  size_t lately = 0;  // newest first
  while (lately < exposed_.items.size() && exposed_.times[lately] > now - 3 * kDay) ++lately;
  for (size_t i = 0; i < lately; ++i) exposed_count_.add(exposed_.items[i]);
  left_.rows.clear();
  left_.places.clear();
  const float* const price = values_of<float>(price_);
  for (uint32_t at = 0; at < merged_.size(); ++at) {
    const uint32_t row = merged_[at];
    const bool cheap = (price_.has(row) ? price[row] : 0.0F) < 300.0F;
    if (now - created_[row] >= 45 * kDay || !cheap || exposed_count_.of(row) >= 3) continue;
    left_.rows.push_back(row);
    left_.places.push_back(at);
  }
  for (size_t i = 0; i < lately; ++i) exposed_count_.clear(exposed_.items[i]);
}

void HomeFeedRules::gather_features(int64_t now) {
  const auto recent = clicked_.items.first(std::min<size_t>(clicked_.items.size(), 50));
  for (const uint32_t row : recent) topic_count_.add(static_cast<size_t>(topic_[row]));
  for (const uint32_t row : liked_.items) author_count_.add(static_cast<size_t>(author_[row]));
  const size_t n = left_.rows.size();
  features_.resize(n);
  const float* const ctr = values_of<float>(ctr_);
  for (size_t i = 0; i < n; ++i) {
    const uint32_t row = left_.rows[i], at = left_.places[i];
    features_.shown[i] = static_cast<float>(exposures_[row]);
    features_.rate[i] = ctr_.has(row) ? ctr[row] : 0.0F;
    features_.likes[i] = static_cast<float>(likes_[row]);
    features_.age[i] = static_cast<double>(now - created_[row]);
    features_.topic[i] = static_cast<float>(topic_count_.of(static_cast<size_t>(topic_[row])));
    features_.author[i] = static_cast<float>(author_count_.of(static_cast<size_t>(author_[row])));
    features_.clicked[i] = score_[at][kClicked];
    features_.liked[i] = score_[at][kLiked];
    features_.bonus[i] = position_[at][kFollowed] != 0 ? 1.2F : 1.0F;
  }
  for (const uint32_t row : recent) topic_count_.clear(static_cast<size_t>(topic_[row]));
  for (const uint32_t row : liked_.items) author_count_.clear(static_cast<size_t>(author_[row]));
}

/// Loops without branches, over arrays side by side: compilers make vectors of them.
void HomeFeedRules::value_candidates() {
  const size_t n = left_.rows.size();
  left_.value.resize(n);
  left_.click.resize(n);
  left_.like.resize(n);
  const float *shown = features_.shown.data(), *rate = features_.rate.data(), *likes = features_.likes.data(),
              *topic = features_.topic.data(), *author = features_.author.data(), *clicked = features_.clicked.data(),
              *liked = features_.liked.data(), *bonus = features_.bonus.data();
  const double* age = features_.age.data();
  float* __restrict click = left_.click.data();
  float* __restrict like = left_.like.data();
  float* __restrict value = left_.value.data();
  for (size_t i = 0; i < n; ++i) {
    click[i] = smoothed(rate[i] * shown[i], shown[i], 0.12F);
    like[i] = smoothed(likes[i], shown[i], 0.02F);
  }
  for (size_t i = 0; i < n; ++i) {
    const float interest = numerics::log1p(20.0F * clicked[i] + 10.0F * liked[i]) + 0.5F * numerics::log1p(topic[i]) +
                           0.3F * numerics::log1p(author[i]);
    value[i] = 1.0F + kInterestWeight * interest;
  }
  for (size_t i = 0; i < n; ++i)
    value[i] *= numerics::pow(1.0F + 10.0F * click[i], 0.8F) * std::sqrt(1.0F + kLikeWeight * like[i]);
  for (size_t i = 0; i < n; ++i) {
    const float freshness = numerics::pow(0.5F, static_cast<float>(age[i] / static_cast<double>(kHalfLife)));
    value[i] = value[i] * (0.4F + 0.6F * freshness) * bonus[i];
  }
}

void HomeFeedRules::keep_best() {
  keys_.clear();
  for (uint32_t i = 0; i < left_.rows.size(); ++i) keys_.push_back(best_first(left_.value[i], i));
  keep_first(keys_, kBest);
  const size_t n = keys_.size();
  best_.rows.resize(n);
  best_.author.resize(n);
  best_.places.resize(n);
  best_.value.resize(n);
  best_.click.resize(n);
  best_.like.resize(n);
  for (size_t i = 0; i < n; ++i) {
    const auto from = static_cast<uint32_t>(keys_[i]);
    best_.rows[i] = left_.rows[from];
    best_.author[i] = author_[left_.rows[from]];
    best_.places[i] = left_.places[from];
    best_.value[i] = left_.value[from];
    best_.click[i] = left_.click[from];
    best_.like[i] = left_.like[from];
  }
}

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
