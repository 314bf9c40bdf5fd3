// Keeping indexes up to date: what an index was made from before is compared with what it is made from now, and only
// rows that the difference reaches are made again. The result has the bits of a full build.
#pragma once

#include "offline/indexes/interactions.h"
#include "offline/indexes/neighbour_lists.h"

namespace rec::indexes {

/// An index as it was, and what it was made from: interactions by user as its builder arranged them. In the row numbers
/// of now; rows that are new since have no entries and need not be there.
struct Before {
  Side of_user;
  NeighbourLists lists;
};

/// Users and items with an entry that came, went, or has another weight or time; and those that have more or fewer
/// entries. All ascending.
struct Changes {
  std::vector<uint32_t> users{}, items{};
  std::vector<uint32_t> resized_users{}, resized_items{};
};
Changes compare(const Side& before, const Side& now, uint32_t items);

/// Adds to ascending rows all entries of `which` of a side.
void add_entries(std::vector<uint32_t>& rows, const Side& side, std::span<const uint32_t> which);

struct Updated {
  NeighbourLists lists;
  uint64_t rows_made = 0;  // of them, those that were summed up again; all where that was less work
};

/// `rows[r]` and `ids[i]`: the row and the id that r and i have now, ascending; empty: the same. `row_count`: rows of
/// now.
Side renumber(Side side, std::span<const uint32_t> rows, std::span<const uint32_t> ids, uint32_t row_count);
NeighbourLists renumber(NeighbourLists lists, std::span<const uint32_t> rows, uint32_t row_count);

/// The interactions in which users that are flagged have what they have in `with`, all others what they have in
/// `before`.
Interactions replace_users(const Side& before, const std::vector<uint8_t>& flagged, const Side& with, uint32_t items,
                           memory::Budget* budget = nullptr);
Side replace_rows(const Side& before, const std::vector<uint8_t>& flagged, const Side& with,
                  memory::Budget* budget = nullptr);

}  // namespace rec::indexes
