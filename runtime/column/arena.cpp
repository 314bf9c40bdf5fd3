// A request's memory: blocks that are filled one after another and forgotten together.
#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

#include "runtime/column/column.h"

namespace rec::column {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kFirstBlock = size_t{64} << 10;

}  // namespace

void Arena::Free::operator()(std::byte* memory) const {
  std::free(memory);
}

Arena::Arena(Arena&& other) noexcept
    : blocks_(std::exchange(other.blocks_, {})),
      current_(std::exchange(other.current_, 0)),
      used_(std::exchange(other.used_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  blocks_ = std::exchange(other.blocks_, {});
  current_ = std::exchange(other.current_, 0);
  used_ = std::exchange(other.used_, 0);
  return *this;
}

void* Arena::allocate_bytes(size_t bytes) {
  if (bytes > SIZE_MAX - kAlignment) {
    throw std::bad_alloc();
  }
  const size_t size = (std::max<size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  while (current_ < blocks_.size() && blocks_[current_].size - used_ < size) {
    ++current_;
    used_ = 0;
  }
  if (current_ == blocks_.size()) {
    const size_t doubled = blocks_.empty() ? kFirstBlock : blocks_.back().size * 2;
    const size_t block = std::max(size, doubled);
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(kAlignment, block));
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    blocks_.push_back({.memory = std::unique_ptr<std::byte, Free>(memory), .size = block});
  }
  std::byte* place = blocks_[current_].memory.get() + used_;
  used_ += size;
  return place;
}

void Arena::reset() {
  current_ = 0;
  used_ = 0;
}

size_t Arena::capacity() const {
  size_t bytes = 0;
  for (const Block& block : blocks_) bytes += block.size;
  return bytes;
}

}  // namespace rec::column
