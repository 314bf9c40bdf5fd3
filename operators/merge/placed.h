// The growing merged list: which rows are placed, and whether there is room.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "operators/operator.h"
#include "operators/row_index.h"

namespace rec::operators {

class Placed {
 public:
  Placed(std::span<const MergeInput> channels, std::optional<uint32_t> take)
      : channels_(channels), rows_(total(channels), bound(channels)), room_(take.value_or(UINT32_MAX)) {
    picks_.reserve(std::min(total(channels), room_));
  }

  bool full() const { return picks_.size() >= room_; }
  /// Places what stands at `position` of `channel`, unless it is there already; says whether it did. Not to be called
  /// when full.
  bool place(uint32_t channel, uint32_t position) {
    if (!rows_.insert(channels_[channel].rows[position]).second) return false;
    picks_.push_back({channel, position});
    return true;
  }
  std::vector<MergePick> take() { return std::move(picks_); }

  /// What all rows are below.
  static size_t bound(std::span<const MergeInput> channels) {
    uint32_t most = 0;
    for (const MergeInput& channel : channels) {
      for (const uint32_t row : channel.rows) most = std::max(most, row);
    }
    return size_t{most} + 1;
  }

 private:
  static size_t total(std::span<const MergeInput> channels) {
    size_t rows = 0;
    for (const MergeInput& channel : channels) rows += channel.rows.size();
    return rows;
  }

  std::span<const MergeInput> channels_;
  RowIndex rows_;
  size_t room_;
  std::vector<MergePick> picks_;
};

}  // namespace rec::operators
