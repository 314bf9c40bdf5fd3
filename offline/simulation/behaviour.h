// What the users of the demo universe were shown, and what they did.
#pragma once

#include <vector>

#include "offline/simulation/universe.h"

namespace rec::simulation {

struct Exposure {
  int64_t milliseconds;  // since 1970
  uint32_t user, note;
  uint32_t position;  // on the page, from 1
  bool clicked, liked, collected, shared, followed;
  float play_seconds;  // of clicked videos, else negative
};

/// Every user's pages, sorted by time. Authors whom a user follows on the way are added to the universe's user.
std::vector<Exposure> simulate(Universe& universe, const DemoOptions& options);

}  // namespace rec::simulation
