// What a request did, step by step: rows, time, drops, channels, relaxed rules.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace rec::trace {

struct ChannelTrace {
  std::string name;
  std::string engine{};    // as a step's
  uint64_t looked_at = 0;  // candidates the source brought before `eligible` and `where`
  uint64_t out = 0;        // after its own take
  uint64_t kept = 0;       // in the merged list
  bool short_of_take = false;
  int64_t us = 0;
  std::vector<std::pair<std::string, uint64_t>> drops{};  // by predicate, in order
  std::string degraded{};                                 // why it failed; empty: it did not
};
struct RelaxationTrace {
  std::string rule;
  uint32_t line = 0;
  std::vector<uint32_t> positions{};  // from 1
};
struct StepTrace {
  std::string step, text;
  std::string engine{};  // native, interpreter, or both where code was not ready; empty: nothing was to be native
  uint32_t line = 0;
  uint64_t in = 0, out = 0;
  int64_t us = 0;
  uint64_t nan = 0;  // NaN keys met while ordering
  std::vector<std::pair<std::string, uint64_t>> drops{};
  std::vector<ChannelTrace> channels{};
  std::vector<RelaxationTrace> relaxed{};
  std::string degraded{};  // what it did without; empty: nothing
};
struct Trace {
  std::vector<StepTrace> steps{};
  uint64_t gone = 0;  // events and listed keys whose item has no row any more
  int64_t us = 0;     // the whole request
};

nlohmann::ordered_json to_json(const Trace& trace);
/// A table for a terminal.
std::string to_text(const Trace& trace);

}  // namespace rec::trace
