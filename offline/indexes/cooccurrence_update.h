// Lists of nearest rows by co-occurrence, brought up to date.
#pragma once

#include "offline/indexes/cooccurrence.h"
#include "offline/indexes/update.h"

namespace rec::indexes {

/// Which rows are not as they were. Both ascending, `changed` among `touched`.
struct CooccurrenceChange {
  std::vector<uint32_t> changed;  // an entry or the scale of the row changed: its sums with all rows may have
  std::vector<uint32_t> touched;  // share something whose factor changed: their sums with each other may have
};

/// The lists that nearest_by_cooccurrence makes of `from`, with its bits. `before` are those of the same options.
/// Factors are symmetric, so the sum of (i, j) is that of (j, i): rows of `changed` are made again, and tell all others
/// what their similarity to them is now; rows of `touched` add up their sums with `touched` alone. A list is made again
/// in full where what fell in it may let in a row that it does not know. Where all this is estimated to be no less work
/// than a full build, it is one.
Updated update_by_cooccurrence(const Cooccurrence& from, const NeighbourLists& before, const CooccurrenceChange& change,
                               uint32_t top_k, const Work& work);

}  // namespace rec::indexes
