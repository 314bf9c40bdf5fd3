// Values as 64-bit keys that are equal exactly where `==` of the language is true; sets of them, and maps from them to
// groups.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/types/type.h"
#include "runtime/native/find.h"

namespace rec::interpreter {

/// keys[i] for n values of a scalar type; valid[i] = 0 for values that equal nothing (NaN, a row that stands for none).
/// `as_double`: an int and a float are compared, both as doubles.
void make_keys(const void* values, types::Kind kind, bool as_double, size_t n, uint64_t* keys, uint8_t* valid);

/// Bytes of one element of a list, or of a scalar value.
size_t scalar_width(types::Kind kind);

/// Whether == between values of the two kinds is made in double.
inline bool compares_as_double(types::Kind a, types::Kind b) {
  return a != b && (a == types::Kind::floating || b == types::Kind::floating);
}

/// Distinct keys, numbered in order of their first appearance. Small ones (codes of a dictionary, mostly) stand in a
/// table of their own, the others in one of open addressing.
class KeySet {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// Room for `capacity` keys.
  explicit KeySet(size_t capacity = 0);

  /// As native code looks keys up; as long as no key is added.
  native::KeyTable table() const {
    return {.small = small_.data(),
            .smalls = small_.size(),
            .below = kSmall,
            .keys = keys_.data(),
            .slots = slots(),
            .mask = mask_};
  }
  uint32_t size() const { return static_cast<uint32_t>(keys_.size()); }
  uint64_t key(uint32_t number) const { return keys_[number]; }
  /// The key's number; a new one where it is not there yet.
  uint32_t add(uint64_t key);
  uint32_t find(uint64_t key) const {
    if (key < kSmall) return key < small_.size() ? small_[key] : kNone;
    for (size_t at = place(key);; at = (at + 1) & mask_) {
      const uint32_t number = slots()[at];
      if (number == kNone || keys_[number] == key) return number;
    }
  }

 private:
  /// Made for the first key that is not small.
  const uint32_t* slots() const { return slots_.empty() ? &kNone : slots_.data(); }
  size_t place(uint64_t key) const { return static_cast<size_t>((key * 0x9e3779b97f4a7c15ULL) >> 32) & mask_; }

  static constexpr uint64_t kSmall = 4096;

  std::vector<uint64_t> keys_;
  std::vector<uint32_t> small_;  // numbers of the keys below kSmall, as far as the largest
  std::vector<uint32_t> slots_;
  size_t capacity_, mask_ = 0;
};

/// Rows of one table: a bit a row, or, where few are beside a table of many, their keys.
class RowSet {
 public:
  /// `rows`: never kNoRow; may repeat. `table_rows`: they are below it.
  RowSet(std::span<const uint32_t> rows, uint32_t table_rows);

  /// kNoRow is never there.
  bool has(uint32_t row) const {
    if (words_.empty()) return keys_.find(row) != KeySet::kNone;
    return row < table_rows_ && (words_[row / 64] >> (row % 64) & 1) != 0;
  }

 private:
  uint32_t table_rows_;
  std::vector<uint64_t> words_;
  KeySet keys_;
};

/// The keys of n values as a set.
KeySet set_of(const void* values, types::Kind kind, bool as_double, size_t n);

}  // namespace rec::interpreter
