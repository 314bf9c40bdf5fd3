// pipelines/home_feed_rules.rec as an engineer would write it by hand for the demo universe: one program for one
// strategy.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bench/handwritten/columns.h"
#include "bench/handwritten/dense.h"
#include "runtime/store/generation.h"

namespace rec::handwritten {

class HomeFeedRules {
 public:
  static constexpr size_t kChannels = 6;
  struct Item {
    int64_t key = 0, author = 0;
    std::string_view title, topic;  // of the mapped dictionary
    float value = 0, click = 0, like = 0;
    std::array<uint32_t, kChannels> position{};  // in each channel from 1; 0: not from it
    float clicked = 0, liked = 0;                // scores of the first two
  };

  explicit HomeFeedRules(const store::Generation& generation);
  /// The page of a user; valid until the next call. Nothing where what the user did cannot be read.
  std::optional<std::span<const Item>> page(int64_t user);

 private:
  enum ChannelNumber : size_t { kClicked, kLiked, kFollowed, kPopular, kPraised, kFresh };
  struct Channel {
    std::vector<uint32_t> rows;
    std::vector<float> scores;
  };
  struct Events {
    std::span<const uint32_t> items;
    const int64_t* times = nullptr;
  };
  /// The candidates that are left, as columns.
  struct Candidates {
    std::vector<uint32_t> rows, places;  // places: in the merged list
    std::vector<int64_t> author;         // of the best
    std::vector<float> value, click, like;
  };

  /// What the formula reads of each.
  struct Features {
    std::vector<float> shown, rate, likes, topic, author, clicked, liked, bonus;
    std::vector<double> age;  // microseconds
    void resize(size_t n) {
      for (auto* column : {&shown, &rate, &likes, &topic, &author, &clicked, &liked, &bonus}) column->resize(n);
      age.resize(n);
    }
  };

  // home_feed_rules.cpp
  bool read_user(int64_t user);
  Events read(size_t sequence, int64_t user, bool& whole);
  bool eligible(uint32_t row) const;
  void take_scored(Channel& channel, size_t count);
  void recall_similar(int64_t now);
  void recall_followed();
  void recall_along_orders(int64_t now);
  void merge();
  void keep_wanted(int64_t now);
  void gather_features(int64_t now);
  void value_candidates();
  void keep_best();

  // home_feed_rules_page.cpp
  void arrange();
  void copy_vectors();
  void likeness_of(uint32_t pick, float* out) const;
  void emit();

  const store::Generation& generation_;
  const store::Table& notes_;
  const store::Table& users_;
  Ints author_, clicks_, likes_, exposures_, created_;
  const column::ColumnView &blocked_column_, &followed_column_, &price_, &ctr_, &content_, &title_;
  const uint8_t *has_goods_, *boosted_;
  const int32_t *kind_, *topic_;
  int32_t video_;
  const store::NeighbourIndex& item_cf_;
  const store::ValueIndex& by_author_;
  store::ValueOrder by_clicks_, by_likes_, by_created_;
  size_t clicks_sequence_, likes_sequence_, exposures_sequence_;

  column::Arena arena_;
  column::StringSpace strings_;
  Events clicked_, liked_, exposed_;
  std::span<const int64_t> blocked_, followed_;
  RowSet clicked_rows_, placed_;
  Neighbours neighbours_;
  Counts exposed_count_, topic_count_, author_count_, page_author_count_;
  std::array<Channel, kChannels> channels_;
  std::vector<uint64_t> keys_;
  std::vector<uint32_t> merged_, slot_;                    // slot: of a row in the merged list
  std::vector<std::array<uint16_t, kChannels>> position_;  // by place in the merged list
  std::vector<std::array<float, 2>> score_;
  Candidates left_, best_;
  Features features_;
  std::vector<float> vectors_, rows_;  // elements side by side; likeness to the last picks
  std::vector<uint32_t> picks_;
  std::vector<Item> page_;
};

}  // namespace rec::handwritten
