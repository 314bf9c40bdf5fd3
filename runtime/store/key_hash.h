// The hash by which a table's rows are found from their keys; a part of the file format.
#pragma once

#include <cstdint>
#include <string_view>

namespace rec::store {

uint64_t key_hash(int64_t key);
uint64_t key_hash(std::string_view key);

/// Slots for `rows` keys: a power of two, at most half full, so that a search always ends.
uint64_t slot_count(uint64_t rows);

}  // namespace rec::store
