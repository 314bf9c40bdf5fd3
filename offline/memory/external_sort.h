// Sorts more records than there is memory for: runs that are sorted go to a file, and are merged as they are read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <queue>
#include <span>
#include <type_traits>
#include <vector>

#include "offline/memory/spill_file.h"

namespace rec::memory {

/// `Less` orders records; no two may be equal under it.
template <typename Record, typename Less>
class ExternalSort {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  /// Without a budget all are sorted in memory.
  explicit ExternalSort(Budget* budget) : budget_(budget) {
    if (budget != nullptr) most_ = std::max<uint64_t>(kLeast, budget->scratch() / sizeof(Record));
  }

  void add(const Record& record) {
    latest_.push_back(record);
    if (latest_.size() >= most_) spill();
  }

  /// Calls `use` with each record, in order; once.
  template <typename Use>
  void finish(Use use) {
    if (files_.empty()) {
      std::ranges::sort(latest_, Less{});
      for (const Record& record : latest_) use(record);
      return;
    }
    if (!latest_.empty()) spill();
    const uint64_t piece = std::max<uint64_t>(kLeast, most_ / files_.size());
    std::vector<Run> runs;
    for (SpillFile& file : files_) runs.emplace_back(file, piece);
    const auto later = [&](size_t a, size_t b) { return Less{}(runs[b].front(), runs[a].front()); };
    std::priority_queue<size_t, std::vector<size_t>, decltype(later)> next(later);
    for (size_t run = 0; run < runs.size(); ++run) next.push(run);
    while (!next.empty()) {
      const size_t run = next.top();
      next.pop();
      use(runs[run].front());
      if (runs[run].advance()) next.push(run);
    }
  }

 private:
  static constexpr uint64_t kLeast = 16;

  /// Reads a sorted run, never empty, a piece at a time.
  class Run {
   public:
    Run(const SpillFile& file, uint64_t piece) : file_(&file), piece_(piece) { advance(); }
    const Record& front() const { return records_[at_]; }
    bool advance() {
      if (++at_ < records_.size()) return true;
      const uint64_t left = (file_->size() - offset_) / sizeof(Record);
      records_.resize(std::min(left, piece_));
      file_->read(offset_, std::as_writable_bytes(std::span(records_)));
      offset_ += records_.size() * sizeof(Record);
      at_ = 0;
      return !records_.empty();
    }

   private:
    const SpillFile* file_;
    uint64_t piece_, offset_ = 0;
    std::vector<Record> records_{};
    size_t at_ = 0;
  };

  void spill() {
    std::ranges::sort(latest_, Less{});
    files_.emplace_back(*budget_).write(std::as_bytes(std::span(latest_)));
    latest_.clear();
  }

  Budget* budget_;
  uint64_t most_ = UINT64_MAX;
  std::vector<Record> latest_{};
  std::vector<SpillFile> files_{};
};

}  // namespace rec::memory
