// The arenas that a thread keeps.
#include "runtime/column/spare_arena.h"

#include <utility>

namespace rec::column {
namespace {

constexpr size_t kMost = 8;                   // arenas a thread: a request's, and those of pipelines in it
constexpr size_t kLargest = size_t{8} << 20;  // bytes; what needed more gives them back
thread_local std::vector<Arena> spare;

}  // namespace

SpareArena::SpareArena() {
  if (spare.empty()) return;
  arena_ = std::move(spare.back());
  spare.pop_back();
}

SpareArena::~SpareArena() {
  if (spare.size() >= kMost || arena_.capacity() > kLargest) return;
  arena_.reset();
  spare.push_back(std::move(arena_));
}

}  // namespace rec::column
