// A long array that is appended to and then read: in memory, or beyond its share of a budget in a file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "offline/memory/spill_file.h"

namespace rec::memory {

template <typename T>
class Array {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using value_type = T;

  Array() = default;
  Array(std::vector<T> values) : values_(std::move(values)) {}
  Array(std::initializer_list<T> values) : values_(values) {}
  /// Without a budget: in memory.
  explicit Array(Budget* budget) : budget_(budget) {
    if (budget != nullptr) most_ = std::max<uint64_t>(kLeast, budget->share() / sizeof(T));
  }

  void push_back(const T& value) {
    values_.push_back(value);
    if (values_.size() >= most_) spill();
  }
  void append(std::span<const T> values) {
    while (values_.size() + values.size() >= most_) {
      const auto now = values.first(most_ - values_.size());
      values_.insert(values_.end(), now.begin(), now.end());
      values = values.subspan(now.size());
      spill();
    }
    values_.insert(values_.end(), values.begin(), values.end());
  }
  /// Room for so many in all, if they will be in memory.
  void reserve(uint64_t count) {
    if (count < most_) values_.reserve(count);
  }
  /// To be called before what is in a file is read.
  void finish() {
    if (file_ == nullptr) return;
    file_->write(std::as_bytes(std::span(values_)));
    values_ = {};
    mapped_ = reinterpret_cast<const T*>(file_->map());
  }

  bool spilled() const { return file_ != nullptr; }
  const T* data() const { return file_ == nullptr ? values_.data() : mapped_; }
  uint64_t size() const { return file_ == nullptr ? values_.size() : file_->size() / sizeof(T) + values_.size(); }
  bool empty() const { return size() == 0; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  const T& operator[](uint64_t index) const { return data()[index]; }
  bool operator==(const Array& other) const { return std::ranges::equal(*this, other); }

 private:
  static constexpr uint64_t kLeast = 16, kBufferBytes = uint64_t{1} << 18;

  void spill() {
    if (file_ == nullptr) file_ = std::make_unique<SpillFile>(*budget_);
    file_->write(std::as_bytes(std::span(values_)));
    most_ = std::min(most_, std::max(kLeast, kBufferBytes / sizeof(T)));
    values_.clear();
    if (values_.capacity() > most_) values_ = {};
    values_.reserve(most_);
  }

  std::vector<T> values_;  // all, or those that are not in the file yet
  std::unique_ptr<SpillFile> file_;
  const T* mapped_ = nullptr;
  Budget* budget_ = nullptr;
  uint64_t most_ = UINT64_MAX;
};

}  // namespace rec::memory
