// Lists of nearest neighbours, and how the best of a row are kept.
#pragma once

#include <algorithm>
#include <bit>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "offline/indexes/work.h"
#include "offline/memory/array.h"

namespace rec::indexes {

/// offsets has rows + 1 entries; neighbours of each row by falling similarity, ties the lower row first.
struct NeighbourLists {
  std::vector<uint64_t> offsets{0};
  memory::Array<uint32_t> neighbour{};
  memory::Array<float> similarity{};

  uint32_t rows() const { return static_cast<uint32_t>(offsets.size() - 1); }
  /// Appends the list of a row of another's.
  void append(const NeighbourLists& from, uint32_t row) {
    const uint64_t begin = from.offsets[row], count = from.offsets[row + size_t{1}] - begin;
    neighbour.append({from.neighbour.data() + begin, count});
    similarity.append({from.similarity.data() + begin, count});
    offsets.push_back(neighbour.size());
  }
};

/// Keeps the `most` best of what is offered: one integer a candidate, the smallest first.
class BestRows {
 public:
  explicit BestRows(uint32_t most) : most_(most) { keys_.reserve(2 * size_t{most}); }

  /// Of two candidates the better has the smaller key; no two rows have the same.
  static uint64_t key_of(float similarity, uint32_t row) {
    const auto bits = std::bit_cast<uint32_t>(similarity);
    const uint32_t rising = (bits >> 31) != 0 ? ~bits : bits | 0x80000000U;
    return uint64_t{~rising} << 32 | row;
  }

  uint32_t most() const { return most_; }
  void begin() {
    keys_.clear();
    bound_ = UINT64_MAX;
  }
  void offer(float similarity, uint32_t row) {
    const uint64_t key = key_of(similarity, row);
    if (key >= bound_) return;
    keys_.push_back(key);
    if (keys_.size() >= 2 * size_t{most_}) cut();
  }
  /// Appends the best in order and begins anew.
  void move_to(NeighbourLists& lists) {
    if (keys_.size() > most_) cut();
    std::ranges::sort(keys_);
    for (const uint64_t key : keys_) {
      lists.neighbour.push_back(static_cast<uint32_t>(key));
      lists.similarity.push_back(similarity_of(key));
    }
    lists.offsets.push_back(lists.neighbour.size());
    begin();
  }

 private:
  static float similarity_of(uint64_t key) {
    const uint32_t rising = ~static_cast<uint32_t>(key >> 32);
    return std::bit_cast<float>((rising >> 31) != 0 ? rising & 0x7FFFFFFFU : ~rising);
  }
  void cut() {
    const auto last = keys_.begin() + most_ - 1;
    std::ranges::nth_element(keys_, last);
    bound_ = *last;
    keys_.resize(most_);
  }

  uint32_t most_;
  std::vector<uint64_t> keys_{};
  uint64_t bound_ = UINT64_MAX;
};

/// Puts the lists of blocks of rows one behind another, in whatever order they are done.
class ListWriter {
 public:
  ListWriter(uint32_t rows, memory::Budget* budget)
      : most_ahead_(budget == nullptr ? UINT64_MAX : budget->share() / 8) {
    lists_.offsets.reserve(rows + size_t{1});
    lists_.neighbour = memory::Array<uint32_t>(budget);
    lists_.similarity = memory::Array<float>(budget);
  }

  /// Waits while much that is done has to wait for the block that comes next.
  void put(uint64_t block, NeighbourLists lists) {
    std::unique_lock lock(mutex_);
    appended_.wait(lock, [&] { return block == next_ || ahead_ <= most_ahead_; });
    ahead_ += lists.neighbour.size();
    done_.emplace(block, std::move(lists));
    for (auto first = done_.begin(); first != done_.end() && first->first == next_; first = done_.erase(first)) {
      append(first->second);
      ahead_ -= first->second.neighbour.size();
      ++next_;
    }
    lock.unlock();
    appended_.notify_all();
  }

  NeighbourLists finish() {
    lists_.neighbour.finish();
    lists_.similarity.finish();
    return std::move(lists_);
  }

 private:
  void append(const NeighbourLists& more) {
    const uint64_t before = lists_.neighbour.size();
    for (size_t i = 1; i < more.offsets.size(); ++i) lists_.offsets.push_back(before + more.offsets[i]);
    lists_.neighbour.append(more.neighbour);
    lists_.similarity.append(more.similarity);
  }

  const uint64_t most_ahead_;  // entries
  std::mutex mutex_{};
  std::condition_variable appended_{};
  uint64_t next_ = 0, ahead_ = 0;
  std::map<uint64_t, NeighbourLists> done_{};
  NeighbourLists lists_{};
};

/// The lists of all rows; `make()` gives a callable of (row, NeighbourLists&) for each thread, which appends the list
/// of its row.
template <typename Make>
NeighbourLists append_lists(uint32_t rows, const Work& work, Make make) {
  constexpr uint64_t kBlock = 64;
  ListWriter writer(rows, work.memory);
  share_out(rows, kBlock, work, [&] {
    return [&, append = make()](uint64_t block, uint64_t begin, uint64_t end) mutable {
      NeighbourLists lists;
      for (uint64_t row = begin; row < end; ++row) append(static_cast<uint32_t>(row), lists);
      writer.put(block, std::move(lists));
    };
  });
  return writer.finish();
}

/// The best of all rows; `make()` gives a callable of (row, BestRows&) for each thread.
template <typename Make>
NeighbourLists collect_lists(uint32_t rows, uint32_t top_k, const Work& work, Make make) {
  return append_lists(rows, work, [&] {
    return [fill = make(), best = BestRows(top_k)](uint32_t row, NeighbourLists& lists) mutable {
      fill(row, best);
      best.move_to(lists);
    };
  });
}

}  // namespace rec::indexes
