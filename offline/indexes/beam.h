// What a walk over a graph has in view while the graph is built: the best vertices, in order.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace rec::indexes {

struct ScoredVertex {
  float score;
  uint32_t vertex;
};

/// At most `width` vertices, the largest score first, of equal ones the one that came first. Sorted in place: moving
/// some hundred entries costs less than keeping two heaps of them.
class Beam {
 public:
  explicit Beam(size_t width) : width_(width), entries_(std::make_unique<Entry[]>(width + 1)) {}

  void clear() { size_ = next_ = 0; }
  size_t size() const { return size_; }
  ScoredVertex operator[](size_t at) const { return {entries_[at].score, entries_[at].vertex}; }

  bool takes(float score) const { return size_ < width_ || score > entries_[size_ - 1].score; }
  /// One that it takes. The last goes where there are more than `width`.
  void add(ScoredVertex one) {
    size_t at = 0;  // behind those that are no worse, found without branches
    for (size_t left = size_; left > 0;) {
      const size_t half = left / 2;
      const bool behind = entries_[at + half].score >= one.score;
      at = behind ? at + half + 1 : at;
      left = behind ? left - half - 1 : half;
    }
    std::memmove(entries_.get() + at + 1, entries_.get() + at, (size_ - at) * sizeof(Entry));
    entries_[at] = {one.score, one.vertex & kMostVertices, 0};
    size_ = std::min(size_ + 1, width_);
    next_ = std::min(next_, at);
  }

  /// The best one that was not walked yet, or kNone.
  uint32_t next() {
    while (next_ < size_ && entries_[next_].walked != 0) ++next_;
    return next_ < size_ ? entries_[next_].vertex : kNone;
  }
  /// From `next()` on.
  void walk() { entries_[next_].walked = 1; }

  static constexpr uint32_t kNone = UINT32_MAX, kMostVertices = UINT32_MAX >> 1;

 private:
  struct Entry {
    float score = 0;
    uint32_t vertex : 31 = 0, walked : 1 = 0;
  };

  size_t width_, size_ = 0, next_ = 0;
  std::unique_ptr<Entry[]> entries_;  // one more than `width`, for the one that goes
};

}  // namespace rec::indexes
