// Finding rows of a table by key, and keys by row.
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cassert>

#include "runtime/store/generation.h"
#include "runtime/store/key_hash.h"

namespace rec::store {

// The finaliser of MurmurHash3: every bit of the key reaches every bit of the slot.
uint64_t key_hash(int64_t key) {
  auto h = static_cast<uint64_t>(key);
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return h ^ (h >> 33);
}

uint64_t key_hash(std::string_view key) {
  return XXH64(key.data(), key.size(), 0);
}

uint64_t slot_count(uint64_t rows) {
  return std::bit_ceil(rows * 2 + 2);
}

std::string to_text(const Key& key) {
  const auto* number = std::get_if<int64_t>(&key);
  return number != nullptr ? std::to_string(*number) : std::get<std::string>(key);
}

namespace {

/// Sign-extended, without a call: keys of every event of a user are looked up.
int64_t stored_int(const column::ColumnView& column, uint32_t row) {
  switch (column.width) {
    case 1:
      return reinterpret_cast<const int8_t*>(column.values)[row];
    case 2:
      return reinterpret_cast<const int16_t*>(column.values)[row];
    case 4:
      return reinterpret_cast<const int32_t*>(column.values)[row];
    default:
      return reinterpret_cast<const int64_t*>(column.values)[row];
  }
}

}  // namespace

void Table::use_keys() {
  const column::ColumnView& keys = columns_.front();
  (keys.type.kind == types::Kind::string ? string_keys_ : int_keys_) = keys;
  if (int_keys_.values == nullptr || rows_ == 0) return;
  first_key_ = stored_int(int_keys_, 0);
  // Keys ascend: as many as from the first to the last are all of these.
  const auto after = static_cast<uint64_t>(stored_int(int_keys_, rows_ - 1)) - static_cast<uint64_t>(first_key_);
  consecutive_ = after == rows_ - uint64_t{1};
}

std::optional<uint32_t> Table::find(int64_t key) const {
  if (consecutive_) {
    const uint64_t row = static_cast<uint64_t>(key) - static_cast<uint64_t>(first_key_);
    return row < rows_ ? std::optional(static_cast<uint32_t>(row)) : std::nullopt;
  }
  if (int_keys_.values == nullptr) {
    return std::nullopt;
  }
  uint64_t slot = key_hash(key) & hash_mask_;
  for (uint64_t probes = 0; probes <= hash_mask_; ++probes, slot = (slot + 1) & hash_mask_) {
    const uint32_t row = hash_slots_[slot] - 1;  // an empty slot wraps to a row that no table has
    if (row >= rows_) {
      return std::nullopt;
    }
    if (stored_int(int_keys_, row) == key) {
      return row;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> Table::find(std::string_view key) const {
  if (string_keys_.values == nullptr) {
    return std::nullopt;
  }
  uint64_t slot = key_hash(key) & hash_mask_;
  for (uint64_t probes = 0; probes <= hash_mask_; ++probes, slot = (slot + 1) & hash_mask_) {
    const uint32_t row = hash_slots_[slot] - 1;
    if (row >= rows_) {
      return std::nullopt;
    }
    if (strings_.text(static_cast<int32_t>(string_keys_.integer(row))) == key) {
      return row;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> Table::find(const Key& key) const {
  const auto* number = std::get_if<int64_t>(&key);
  return number != nullptr ? find(*number) : find(std::string_view(std::get<std::string>(key)));
}

void Table::find_all(std::span<const int64_t> keys, uint32_t* rows) const {
  if (consecutive_) {
    for (size_t i = 0; i < keys.size(); ++i) {
      const uint64_t row = static_cast<uint64_t>(keys[i]) - static_cast<uint64_t>(first_key_);
      rows[i] = row < rows_ ? static_cast<uint32_t>(row) : column::kNoRow;
    }
    return;
  }
  std::fill(rows, rows + keys.size(), column::kNoRow);
  if (int_keys_.values == nullptr) return;
  constexpr size_t kTogether = 64;
  uint64_t slots[kTogether];
  size_t open[kTogether];
  for (size_t begin = 0; begin < keys.size(); begin += kTogether) {
    size_t left = std::min(kTogether, keys.size() - begin);
    for (size_t i = 0; i < left; ++i) {
      open[i] = begin + i;
      slots[i] = key_hash(keys[begin + i]) & hash_mask_;
      __builtin_prefetch(hash_slots_ + slots[i]);
    }
    for (uint64_t probes = 0; left > 0 && probes <= hash_mask_; ++probes) {
      size_t filled = 0;
      for (size_t i = 0; i < left; ++i) {
        const uint32_t row = hash_slots_[slots[i]] - 1;
        if (row >= rows_) continue;  // an empty slot: no row has this key
        rows[open[i]] = row;
        open[filled] = open[i];
        slots[filled++] = (slots[i] + 1) & hash_mask_;
        __builtin_prefetch(int_keys_.values + size_t{row} * int_keys_.width);
      }
      left = 0;
      for (size_t i = 0; i < filled; ++i) {
        uint32_t& row = rows[open[i]];
        if (stored_int(int_keys_, row) == keys[open[i]]) continue;
        row = column::kNoRow;
        open[left] = open[i];
        slots[left++] = slots[i];
      }
    }
  }
}

Key Table::key(uint32_t row) const {
  assert(row < rows_);
  if (string_keys_.values != nullptr) {
    return std::string(strings_.text(static_cast<int32_t>(string_keys_.integer(row))));
  }
  return consecutive_ ? first_key_ + row : int_keys_.integer(row);
}

std::string Table::key_text(uint32_t row) const {
  return to_text(key(row));
}

const ValueIndex* Table::value_index(size_t column) const {
  const auto found = std::ranges::find(value_indexes_, column, &std::pair<size_t, ValueIndex>::first);
  return found == value_indexes_.end() ? nullptr : &found->second;
}

std::optional<ValueOrder> Table::value_order(size_t column) const {
  for (const auto& [which, rows] : value_orders_) {
    if (which == column) return ValueOrder{.rows = rows, .column = &columns_[column]};
  }
  return std::nullopt;
}

}  // namespace rec::store
