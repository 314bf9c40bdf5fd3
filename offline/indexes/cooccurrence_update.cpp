// Rows made again, similarities told to others, and lists put together from old and new.
#include "offline/indexes/cooccurrence_update.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "offline/indexes/cooccurrence_rows.h"

namespace rec::indexes {
namespace {

/// What a row of `changed` tells another one.
struct Told {
  uint32_t row;  // that is told
  uint32_t neighbour;
  float similarity;
};

class Update {
 public:
  Update(const Cooccurrence& from, const NeighbourLists& before, const CooccurrenceChange& change, uint32_t top_k,
         memory::Budget* budget)
      : from_(from), before_(before), change_(change), top_k_(top_k), state_(from.of_row.rows()) {
    for (const uint32_t row : change.touched) state_[row] = kTouched;
    for (const uint32_t row : change.changed) state_[row] = kChanged;
    bounds_.reserve(state_.size());
    for (uint32_t row = 0; row < state_.size(); ++row) bounds_.push_back(bound(row));
    restrict_to_touched(budget);
  }

  /// Additions of an update, estimated, against those of a full build.
  bool pays() const {
    constexpr double kWorth = 0.5;  // some rows will be made again after all
    double full = 0, update = 0;
    for (uint32_t shared = 0; shared < from_.of_shared.rows(); ++shared) {
      const auto all = static_cast<double>(from_.of_shared.count(shared));
      const auto touched = static_cast<double>(touched_.count(shared));
      const auto changed = static_cast<double>(changed_count_[shared]);
      full += all * all;
      update += changed * all + (touched - changed) * touched;
    }
    return update < kWorth * full;
  }

  Updated run(const Work& work) {
    make_changed_rows(work);
    Updated out;
    out.lists = append_lists(from_.of_row.rows(), work, [&] { return Merge(*this, work.memory); });
    out.rows_made = rows_made_;
    return out;
  }

 private:
  static constexpr uint8_t kTouched = 1, kChanged = 2;

  /// What touched rows share with touched rows.
  void restrict_to_touched(memory::Budget* budget) {
    const Side& all = from_.of_shared;
    changed_count_.assign(all.rows(), 0);
    touched_ = {.offsets = {0},
                .id = memory::Array<uint32_t>(budget),
                .weight = memory::Array<float>(budget),
                .time = memory::Array<int64_t>(budget)};
    touched_.offsets.reserve(all.offsets.size());
    for (uint32_t shared = 0; shared < all.rows(); ++shared) {
      for (uint64_t at = all.offsets[shared]; at < all.offsets[shared + size_t{1}]; ++at) {
        const uint8_t state = state_[all.id[at]];
        if (state == 0) continue;
        changed_count_[shared] += state == kChanged ? 1 : 0;
        touched_.id.push_back(all.id[at]);
        if (!all.weight.empty()) touched_.weight.push_back(all.weight[at]);
        if (!all.time.empty()) touched_.time.push_back(all.time[at]);
      }
      touched_.offsets.push_back(touched_.id.size());
    }
    touched_.id.finish();
    touched_.weight.finish();
    touched_.time.finish();
  }

  uint64_t entries(uint32_t row) const {
    return row < before_.rows() ? before_.offsets[row + size_t{1}] - before_.offsets[row] : 0;
  }
  /// Whoever was not in the old list has a larger key than this.
  uint64_t bound(uint32_t row) const {
    if (entries(row) < top_k_) return UINT64_MAX;
    const uint64_t last = before_.offsets[row + size_t{1}] - 1;
    return BestRows::key_of(before_.similarity[last], before_.neighbour[last]);
  }

  void make_changed_rows(const Work& work) {
    constexpr uint64_t kBlock = 4;
    struct Block {
      NeighbourLists lists{};
      std::vector<Told> told{};
    };
    std::vector<Block> blocks((change_.changed.size() + kBlock - 1) / kBlock);
    share_out(change_.changed.size(), kBlock, {.threads = work.threads}, [&] {
      return [&, make = BestOfRow(from_, work.memory), best = BestRows(top_k_)](uint64_t b, uint64_t begin,
                                                                                uint64_t end) mutable {
        for (uint64_t at = begin; at < end; ++at) {
          const uint32_t row = change_.changed[at];
          make(row, best, [&](uint32_t other, double sum) { tell(row, other, sum, blocks[b].told); });
          best.move_to(blocks[b].lists);
        }
      };
    });
    told_offsets_.assign(from_.of_row.rows() + size_t{1}, 0);
    for (const Block& block : blocks) {
      for (uint32_t row = 0; row < block.lists.rows(); ++row) made_.append(block.lists, row);
      for (const Told& one : block.told) ++told_offsets_[one.row + size_t{1}];
    }
    for (size_t row = 0; row + 1 < told_offsets_.size(); ++row) told_offsets_[row + 1] += told_offsets_[row];
    told_.resize(told_offsets_.back());
    std::vector<uint64_t> next(told_offsets_.begin(), told_offsets_.end() - 1);
    for (const Block& block : blocks) {
      for (const Told& one : block.told) told_[next[one.row]++] = one;
    }
    rows_made_ = change_.changed.size();
  }

  /// What lies beyond the bound of the other row cannot get into its list for certain.
  void tell(uint32_t row, uint32_t other, double sum, std::vector<Told>& told) const {
    if (state_[other] != 0) return;
    const auto similarity = static_cast<float>(sum / (from_.row_scale[other] * from_.column_scale[row]));
    if (similarity == 0 || std::isnan(similarity)) return;
    if (BestRows::key_of(similarity, row) <= bounds_[other]) told.push_back({other, row, similarity});
  }

  /// Each row's list from what stands of the old one and what is new. A thread has one of its own.
  class Merge {
   public:
    Merge(Update& update, memory::Budget* budget)
        : of_(update),
          restricted_{.of_row = update.from_.of_row,
                      .of_shared = update.touched_,
                      .factor = update.from_.factor,
                      .row_scale = update.from_.row_scale,
                      .column_scale = update.from_.column_scale,
                      .half_life = update.from_.half_life},
          sums_(restricted_, budget),
          whole_(update.from_, budget),
          best_(update.top_k_) {}
    Merge(const Merge&) = delete;

    void operator()(uint32_t row, NeighbourLists& lists) {
      if (of_.state_[row] == kChanged) {
        const auto at = std::ranges::lower_bound(of_.change_.changed, row) - of_.change_.changed.begin();
        return lists.append(of_.made_, static_cast<uint32_t>(at));
      }
      if (stands(row)) {
        if (row < of_.before_.rows()) return lists.append(of_.before_, row);
        return lists.offsets.push_back(lists.neighbour.size());
      }
      bound_ = of_.bounds_[row];
      certain_ = 0;
      best_.begin();
      offer_unchanged(row);
      offer_changed(row);
      if (of_.entries(row) >= of_.top_k_ && certain_ < of_.top_k_) {
        best_.begin();
        whole_(row, best_);
        ++of_.rows_made_;
      }
      best_.move_to(lists);
    }

   private:
    bool stands(uint32_t row) const {
      if (of_.state_[row] != 0 || of_.told_offsets_[row] != of_.told_offsets_[row + size_t{1}]) return false;
      return row >= of_.before_.rows() ||
             std::ranges::none_of(old(row), [&](uint32_t n) { return of_.state_[n] == kChanged; });
    }
    std::span<const uint32_t> old(uint32_t row) const {
      return {of_.before_.neighbour.data() + of_.before_.offsets[row], of_.entries(row)};
    }
    void offer(float similarity, uint32_t neighbour) {
      if (BestRows::key_of(similarity, neighbour) > bound_) return;
      best_.offer(similarity, neighbour);
      ++certain_;
    }
    void offer_unchanged(uint32_t row) {
      const uint8_t least = of_.state_[row] == kTouched ? kTouched : kChanged;
      for (size_t k = 0; k < of_.entries(row); ++k) {
        const uint64_t at = of_.before_.offsets[row] + k;
        if (of_.state_[of_.before_.neighbour[at]] < least) offer(of_.before_.similarity[at], of_.before_.neighbour[at]);
      }
    }
    void offer_changed(uint32_t row) {
      if (of_.state_[row] != kTouched) {
        for (uint64_t at = of_.told_offsets_[row]; at < of_.told_offsets_[row + size_t{1}]; ++at)
          offer(of_.told_[at].similarity, of_.told_[at].neighbour);
        return;
      }
      sums_.gather(row);
      for (const uint32_t other : sums_.touched()) {
        const float similarity = sums_.similarity(other);
        if (similarity != 0 && !std::isnan(similarity)) offer(similarity, other);
      }
      sums_.clear();
    }

    Update& of_;
    const Cooccurrence restricted_;
    RowSums sums_;
    BestOfRow whole_;
    BestRows best_;
    uint64_t bound_ = 0, certain_ = 0;
  };

  const Cooccurrence& from_;
  const NeighbourLists& before_;
  const CooccurrenceChange& change_;
  const uint32_t top_k_;
  std::vector<uint8_t> state_;
  std::vector<uint64_t> bounds_{};
  Side touched_{};
  std::vector<uint64_t> changed_count_{};
  NeighbourLists made_{};  // of the changed rows, in their order
  std::vector<uint64_t> told_offsets_{};
  std::vector<Told> told_{};
  std::atomic<uint64_t> rows_made_ = 0;
};

}  // namespace

Updated update_by_cooccurrence(const Cooccurrence& from, const NeighbourLists& before, const CooccurrenceChange& change,
                               uint32_t top_k, const Work& work) {
  Update update(from, before, change, top_k, work.memory);
  if (update.pays()) return update.run(work);
  return {.lists = nearest_by_cooccurrence(from, top_k, work), .rows_made = from.of_row.rows()};
}

}  // namespace rec::indexes
