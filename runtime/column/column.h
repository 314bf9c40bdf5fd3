// Columns: how values lie in memory, stored ones (memory-mapped) and those of a running request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/types/type.h"

namespace rec::column {

/// Row id that stands for a missing row (an event whose item is gone, an optional row).
inline constexpr uint32_t kNoRow = UINT32_MAX;

/// One value of a list type: `size` elements in the element's physical type (uint8_t, int64_t, float, int32_t codes,
/// uint32_t rows). Lives as long as the mapping or arena it points into.
struct ListRef {
  const void* data = nullptr;
  uint32_t size = 0;

  template <typename T>
  std::span<const T> as() const {
    return {static_cast<const T*>(data), size};
  }
};

/// A stored column of a table: memory-mapped, immutable. Row ids are key order.
struct ColumnView {
  types::Type type;
  uint32_t rows = 0;
  /// Bytes of one stored value: bool 1; int, time, duration 1, 2, 4 or 8 (sign-extended); float 4; string 4 (codes of
  /// the table's dictionary); vector 4·size; list: of one element (int 8, float 4, string 4, bool 1), found through
  /// `offsets`.
  uint32_t width = 0;
  const std::byte* values = nullptr;
  const uint64_t* offsets = nullptr;  // lists: rows + 1 element offsets
  const uint8_t* present =
      nullptr;  // one byte a row, 1 = has a value; nullptr: all have. Missing values are stored as zeros

  bool has(uint32_t row) const { return present == nullptr || present[row] != 0; }
  int64_t integer(uint32_t row) const;  // int, time, duration, bool, string (its code)
  float floating(uint32_t row) const { return reinterpret_cast<const float*>(values)[row]; }
  ListRef list(uint32_t row) const;
  const float* vector(uint32_t row) const {
    return has(row) ? reinterpret_cast<const float*>(values) + size_t{row} * type.size : nullptr;
  }
};

/// The strings of one table, sorted by bytes; code = rank. Memory-mapped.
class Dictionary {
 public:
  Dictionary() = default;
  Dictionary(uint32_t size, const uint64_t* offsets, const char* bytes)
      : size_(size), offsets_(offsets), bytes_(bytes) {}

  uint32_t size() const { return size_; }
  std::string_view text(int32_t code) const {
    const auto c = static_cast<size_t>(code);
    return {bytes_ + offsets_[c], offsets_[c + 1] - offsets_[c]};
  }
  std::optional<int32_t> find(std::string_view text) const;  // binary search

 private:
  uint32_t size_ = 0;
  const uint64_t* offsets_ = nullptr;  // size + 1
  const char* bytes_ = nullptr;
};

/// The strings of one request as codes that can be compared: those of the item table's dictionary keep their codes; any
/// other (a user's city, a literal, a request field) gets the next free one. One thread.
class StringSpace {
 public:
  explicit StringSpace(const Dictionary& base) : base_(&base) {}
  /// The same codes.
  StringSpace(const StringSpace& other) : base_(other.base_) {
    for (const std::string& text : other.extra_) intern(text);
  }
  StringSpace& operator=(const StringSpace&) = delete;

  int32_t intern(std::string_view text);
  std::string_view text(int32_t code) const;
  const Dictionary& base() const { return *base_; }

 private:
  const Dictionary* base_;
  std::deque<std::string> extra_;
  std::unordered_map<std::string_view, int32_t> codes_;
};

/// Memory that lives as long as one request; freed at once. Not thread-safe. Blocks are aligned to 64 bytes.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  /// `count` values of a trivial type, not initialised.
  template <typename T>
  std::span<T> allocate(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count > SIZE_MAX / sizeof(T)) throw std::bad_alloc();
    return {static_cast<T*>(allocate_bytes(count * sizeof(T))), count};
  }
  void* allocate_bytes(size_t bytes);
  /// Forgets everything, keeps the memory.
  void reset();
  /// Bytes of memory that it has.
  size_t capacity() const;

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  struct Block {
    std::unique_ptr<std::byte, Free> memory;
    size_t size;
  };
  std::vector<Block> blocks_;
  size_t current_ = 0, used_ = 0;
};

/// Events as columns, newest first (equal times: the later in the log first): one user's sequence, or a whole log while
/// building.
struct EventColumns {
  size_t size = 0;
  const int64_t* time = nullptr;   // microseconds
  const uint32_t* item = nullptr;  // row ids of the item table, never kNoRow in a request's sequences
  /// One a column of the event: physical values in the types of the catalog; strings as codes of the space in use.
  struct Column {
    const void* data = nullptr;
    const uint8_t* present = nullptr;
  };
  std::vector<Column> columns;
};

}  // namespace rec::column
