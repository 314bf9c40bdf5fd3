// A user's sequence as the bytes of one record: compact, self-contained, with a checksum; items by key, strings as
// text.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/column/column.h"
#include "runtime/store/generation.h"

namespace rec::store {

/// Columns of a record's events, in the catalog's order.
using EventTypes = std::vector<types::Type>;

/// The events of `log` that `which` names, in that order, newest first. Each must have an item with a row of `items`;
/// strings are codes of `strings`.
std::string encode_events(const column::EventColumns& log, std::span<const uint32_t> which, const EventTypes& types,
                          const Table& items, const column::StringSpace& strings);

/// Reads a record back; items become rows of `items`, events whose item has no row are left out and counted. Any bytes
/// are safe: what encode_events did not write is an error text.
std::expected<SequenceRead, std::string> decode_events(std::string_view record, const EventTypes& types,
                                                       const Table& items, column::StringSpace& strings,
                                                       column::Arena& arena);

}  // namespace rec::store
