// Next free positions, and random ones.
#include "operators/insert/places.h"

#include <algorithm>
#include <string>

#include "operators/text_hash.h"

namespace rec::operators {

std::vector<int64_t> assign_places(std::span<const int64_t> wanted, std::span<const StandingPlace> standing,
                                   int64_t apart) {
  std::vector<StandingPlace> taken(standing.begin(), standing.end());
  std::ranges::sort(taken, {}, &StandingPlace::position);
  std::vector<int64_t> places;
  for (int64_t position : wanted) {
    for (const StandingPlace& other : taken) {
      const int64_t between = std::max(apart, other.apart);
      // Ascending: once this one is passed, none before it is met again.
      if (position >= other.position - between && position <= other.position + between)
        position = other.position + between + 1;
    }
    places.push_back(position);
    const StandingPlace made{position, apart};
    taken.insert(std::ranges::upper_bound(taken, position, {}, &StandingPlace::position), made);
  }
  return places;
}

std::vector<int64_t> random_places(std::string_view request_id, uint32_t insert, int64_t low, int64_t high,
                                   size_t count) {
  std::vector<int64_t> places;
  if (low > high) return places;
  const uint64_t span = static_cast<uint64_t>(high - low) + 1;
  for (size_t draw = 0; draw < count; ++draw) {
    const std::string text =
        std::string(request_id) + ":insert:" + std::to_string(insert) + ":" + std::to_string(draw + 1);
    places.push_back(low + static_cast<int64_t>(text_hash(text) % span));
  }
  std::ranges::sort(places);
  return places;
}

}  // namespace rec::operators
