// pipelines/movies.rec as an engineer would write it by hand for MovieLens: one program for one strategy.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bench/handwritten/columns.h"
#include "bench/handwritten/dense.h"
#include "runtime/store/generation.h"

namespace rec::handwritten {

class Movies {
 public:
  static constexpr size_t kChannels = 3;
  struct Item {
    int64_t key = 0;
    std::string_view title;
    float value = 0, taste = 0;
    std::optional<float> stars;
    std::span<const int32_t> genres;             // codes of the table's dictionary
    std::array<uint32_t, kChannels> position{};  // in each channel from 1; 0: not from it
    float similar = 0, loved = 0;                // scores of the first two
  };

  explicit Movies(const store::Generation& generation);
  /// The page of a user, who has a row; valid until the next call. Nothing where what the user did cannot be read.
  std::optional<std::span<const Item>> page(int64_t user);

 private:
  void recall_similar(std::span<const uint32_t> liked);
  void recall_loved();
  void recall_known();
  void merge();
  void value_candidates();
  void arrange();
  void emit();
  std::span<const int32_t> genres_of(uint32_t row) const { return genres_.list(row).as<int32_t>(); }

  const store::Generation& generation_;
  const store::Table& movies_;
  Ints ratings_;
  const column::ColumnView &mean_rating_, &genres_, &title_;
  const store::NeighbourIndex& item_cf_;
  store::ValueOrder by_ratings_;
  size_t watched_sequence_, likes_sequence_;
  std::vector<uint8_t> genre_number_;  // by code: which bit of a film's set it is
  int32_t children_, drama_;

  column::Arena arena_;
  column::StringSpace strings_;
  RowSet watched_, placed_;
  Neighbours neighbours_;
  struct Channel {
    std::vector<uint32_t> rows;
    std::vector<float> scores;
  };
  std::array<Channel, kChannels> channels_;
  std::vector<uint64_t> keys_;
  std::vector<uint32_t> merged_, slot_;                    // slot: of a row in the merged list
  std::vector<std::array<uint16_t, kChannels>> position_;  // by place in the merged list
  std::vector<std::array<float, 2>> score_;
  struct Best {
    uint32_t place = 0, genres = 0;  // genres: a set of bits
    float value = 0;
  };
  std::vector<float> value_;
  std::vector<Best> best_;
  std::vector<float> rows_;  // likeness to the last picks
  std::vector<uint32_t> picks_;
  std::vector<Item> page_;
};

}  // namespace rec::handwritten
