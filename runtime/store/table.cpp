// Finding rows of a table by key, and keys by row.
#include <xxhash.h>

#include <bit>
#include <cassert>

#include "runtime/store/generation.h"

#include <algorithm>
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

std::optional<uint32_t> Table::find(int64_t key) const {
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

Key Table::key(uint32_t row) const {
  assert(row < rows_);
  if (string_keys_.values != nullptr) {
    return std::string(strings_.text(static_cast<int32_t>(string_keys_.integer(row))));
  }
  return int_keys_.integer(row);
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
