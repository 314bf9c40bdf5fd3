// Values as 64-bit keys, and sets of them.
#include "runtime/interpreter/key_set.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "runtime/column/column.h"

namespace rec::interpreter {

namespace {

using types::Kind;

template <typename T, typename Key>
void keys_of(const void* values, size_t n, uint64_t* keys, uint8_t* valid, Key key) {
  const T* typed = static_cast<const T*>(values);
  for (size_t i = 0; i < n; ++i) {
    keys[i] = key(typed[i]);
    valid[i] = 1;
    if constexpr (std::is_same_v<T, float>) valid[i] = typed[i] == typed[i];
    if constexpr (std::is_same_v<T, uint32_t>) valid[i] = typed[i] != column::kNoRow;
  }
}

// Adding zero turns -0 into 0.
uint64_t double_key(double x) {
  return std::bit_cast<uint64_t>(x + 0.0);
}

}  // namespace

size_t scalar_width(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return sizeof(uint8_t);
    case Kind::floating:
    case Kind::string:
    case Kind::row:
    case Kind::enumeration:
      return sizeof(uint32_t);
    default:
      return sizeof(int64_t);
  }
}

void make_keys(const void* values, Kind kind, bool as_double, size_t n, uint64_t* keys, uint8_t* valid) {
  switch (kind) {
    case Kind::boolean:
      return keys_of<uint8_t>(values, n, keys, valid, [](uint8_t x) -> uint64_t { return x; });
    case Kind::floating:
      if (as_double)
        return keys_of<float>(values, n, keys, valid, [](float x) { return double_key(static_cast<double>(x)); });
      return keys_of<float>(values, n, keys, valid,
                            [](float x) -> uint64_t { return std::bit_cast<uint32_t>(x + 0.0F); });
    case Kind::string:
    case Kind::enumeration:
      return keys_of<int32_t>(values, n, keys, valid, [](int32_t x) { return static_cast<uint64_t>(x); });
    case Kind::row:
      return keys_of<uint32_t>(values, n, keys, valid, [](uint32_t x) -> uint64_t { return x; });
    default:
      if (as_double)
        return keys_of<int64_t>(values, n, keys, valid, [](int64_t x) { return double_key(static_cast<double>(x)); });
      return keys_of<int64_t>(values, n, keys, valid, [](int64_t x) { return static_cast<uint64_t>(x); });
  }
}

KeySet::KeySet(size_t capacity) : capacity_(capacity) {
  keys_.reserve(capacity);
}

uint32_t KeySet::add(uint64_t key) {
  if (key < kSmall) {
    constexpr size_t kLeast = 64;
    if (key >= small_.size()) small_.resize(std::max(std::bit_ceil(key + 1), kLeast), kNone);
    if (small_[key] == kNone) {
      small_[key] = size();
      keys_.push_back(key);
    }
    return small_[key];
  }
  if (slots_.empty()) {
    slots_.assign(std::bit_ceil(capacity_ * 2 + 2), kNone);
    mask_ = slots_.size() - 1;
  }
  size_t at = place(key);
  for (; slots_[at] != kNone; at = (at + 1) & mask_) {
    if (keys_[slots_[at]] == key) return slots_[at];
  }
  assert(keys_.size() < mask_ && "room was made for fewer keys");
  slots_[at] = static_cast<uint32_t>(keys_.size());
  keys_.push_back(key);
  return slots_[at];
}

RowSet::RowSet(std::span<const uint32_t> rows, uint32_t table_rows) : table_rows_(table_rows) {
  constexpr size_t kWords = 4096, kWordsARow = 16;  // so many are cleared about as soon as a row is hashed
  const size_t words = table_rows / size_t{64} + 1;
  if (words > std::max(kWords, kWordsARow * rows.size())) {
    keys_ = KeySet(rows.size());
    for (const uint32_t row : rows) keys_.add(row);
    return;
  }
  words_.resize(words);
  for (const uint32_t row : rows) words_[row / 64] |= uint64_t{1} << (row % 64);
}

KeySet set_of(const void* values, Kind kind, bool as_double, size_t n) {
  std::vector<uint64_t> keys(n);
  std::vector<uint8_t> valid(n);
  make_keys(values, kind, as_double, n, keys.data(), valid.data());
  KeySet set(n);
  for (size_t i = 0; i < n; ++i) {
    if (valid[i] != 0) set.add(keys[i]);
  }
  return set;
}

}  // namespace rec::interpreter
