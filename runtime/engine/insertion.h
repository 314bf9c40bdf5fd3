// The page while rows are inserted into it: those of its own table, and of others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"

namespace rec::engine {

struct Run;

/// One place of the page: a candidate by its base index, or a row of another table by its place in `foreign`.
struct Slot {
  uint32_t at = 0;
  bool foreign = false;
  friend bool operator==(const Slot&, const Slot&) = default;
};
struct InsertedSlot {
  Slot slot;
  int64_t apart = 0;  // not-inserted items to the next inserted one
};
struct Insertions {
  std::vector<Slot> page{};  // empty until a row of another table came in: then the page is the batch's order
  std::vector<InsertedSlot> inserted{};
  std::vector<Item> foreign{};
};

/// What became of a row that the source of an `insert` brought.
struct InsertedRow {
  uint32_t row = 0;       // of the source's table
  int64_t position = 0;   // on the page; 0: it is not there
  std::string why_not{};  // "past the end of the page"
};

/// Items on the page, inserted ones among them.
size_t page_size(const Run& run);
/// The page, place by place.
std::vector<Slot> slots_of(const Run& run);
bool is_inserted(const Run& run, const Slot& slot);

}  // namespace rec::engine
