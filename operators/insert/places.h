// Places of inserted items: which position each gets of those it may have (language.md, section 8).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rec::operators {

/// An item that was inserted before: its position stays.
struct StandingPlace {
  int64_t position = 0;
  int64_t apart = 0;
};

/// For each wanted position (from 1), best item first: it, or the next free one, with at least `apart` positions
/// between it and every inserted item, as those standing ask for theirs.
std::vector<int64_t> assign_places(std::span<const int64_t> wanted, std::span<const StandingPlace> standing,
                                   int64_t apart);

/// `count` positions from low to high, drawn by the request's id and the number of the `insert`; none where low > high.
std::vector<int64_t> random_places(std::string_view request_id, uint32_t insert, int64_t low, int64_t high,
                                   size_t count);

}  // namespace rec::operators
