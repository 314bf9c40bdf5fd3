// Events that are kept from a build, to measure on them what was built from the others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "offline/ingest/event_log.h"

namespace rec::ingest {

/// `after`: events of every log from a time on. `last`: of each user, from the `count`-th newest event of the sequence
/// on. `random`: of the sequence's log, pairs of user and item by a hash, whatever their times.
struct Holdout {
  enum class Kind { after, last, random } kind = Kind::random;
  std::string sequence{};  // of the catalog
  int64_t time = 0;        // microseconds
  uint32_t count = 1;
  double share = 0.1;
  uint64_t seed = 1;
};

/// Says all that decides what is held out: a part of what a build is made from.
std::string to_text(const Holdout& holdout);

/// Which events of a log are held out: 1. `counted`: whether an event is one of the sequence's.
std::vector<uint8_t> held_out(const Holdout& holdout, const EventLog& log, const std::vector<uint8_t>& counted,
                              const store::Table& users, const store::Table& items);

/// Takes events out of a log.
void remove_events(EventLog& log, const std::vector<uint8_t>& gone, const catalog::Events& events);

}  // namespace rec::ingest
