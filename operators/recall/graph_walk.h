// What walks over a graph of vectors have in common, while it is built and while it is searched.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rec::operators {

/// Asks for a vector before it is needed; where it lies, a miss of the cache costs more than its product.
inline void fetch_vector(const float* vector, size_t dimension) {
  constexpr uintptr_t kLine = 64;
  const auto end = reinterpret_cast<uintptr_t>(vector + dimension);
  for (uintptr_t at = reinterpret_cast<uintptr_t>(vector) & ~(kLine - 1); at < end; at += kLine)
    __builtin_prefetch(reinterpret_cast<const void*>(at));
}

/// Which vertices a walk has met; marks of walks before do not count.
class Met {
 public:
  void begin(size_t vertices) {
    if (marks_.size() < vertices) marks_.resize(vertices);
    if (++current_ == 0) {
      std::ranges::fill(marks_, uint16_t{0});
      current_ = 1;
    }
  }
  /// Whether it was not met before.
  bool add(uint32_t vertex) { return std::exchange(marks_[vertex], current_) != current_; }
  void fetch(uint32_t vertex) const { __builtin_prefetch(marks_.data() + vertex); }

 private:
  std::vector<uint16_t> marks_{};
  uint16_t current_ = 0;
};

}  // namespace rec::operators
