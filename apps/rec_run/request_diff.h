// What two strategies do to the same requests: how far their pages agree, and why they do not.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/rec_run/request_source.h"
#include "runtime/engine/page_diff.h"

namespace rec::rec_run {

/// What one step of the strategy that does not show an item did to it.
struct Reason {
  std::string step;  // "dropped by `top 10 by value`, line 12"
  uint64_t count = 0;
  std::string example;  // "user 42: 1234, which was 7th: value = 0.1"
};
/// One of the largest moves.
struct LargeMove {
  std::string user;
  engine::Placing item;
  std::string why;  // values and rules that are not as they were; empty: none of its own
};

struct RequestDiff {
  uint64_t requests = 0, failed_before = 0, failed_after = 0;
  uint64_t compared = 0, same = 0;     // pages; items and order
  std::map<size_t, double> overlap{};  // overlap@k by k, the mean
  uint64_t left = 0, entered = 0, moved = 0, moved_places = 0;
  std::vector<Reason> left_because{}, entered_because{};  // the most frequent first
  uint64_t left_explained = 0, entered_explained = 0;     // the items that the reasons are of
  std::vector<LargeMove> moves{};
};

/// Runs every request through both. A request that fails is told on standard error and counted.
RequestDiff diff_requests(RequestSource& before, RequestSource& after,
                          const std::shared_ptr<const store::Generation>& generation, const source::Sources& sources);

}  // namespace rec::rec_run
