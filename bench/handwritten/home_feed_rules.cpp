// Recall, filters and the formula of the rules' home feed, each as a loop over mapped columns.
#include "bench/handwritten/home_feed_rules.h"

#include <algorithm>
#include <cmath>

#include "bench/handwritten/order.h"
#include "operators/numerics/log.h"
#include "operators/numerics/pow.h"

namespace rec::handwritten {
namespace {

constexpr int64_t kDay = 86'400'000'000;  // microseconds
constexpr int64_t kHalfLife = 7 * kDay;
constexpr float kLikeWeight = 8.0F, kInterestWeight = 3.0F;
constexpr size_t kMerged = 600, kBest = 200;
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

}  // namespace rec::handwritten
