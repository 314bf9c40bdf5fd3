// The merge policies as the language defines them, in the plainest way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rec::interpreter {

/// What a channel brought, and what `merge` says of it.
struct MergeChannel {
  std::vector<uint32_t> rows;  // best first
  std::vector<float> scores;   // empty: none
  bool ascending = false;
  size_t low = 0, high = SIZE_MAX;  // round_robin: low at a time; quota: a least and a most
  double weight = 1;
};

/// The rows in merged order, each once, at most `take`.
std::vector<uint32_t> merged(const std::string& policy, const std::vector<MergeChannel>& channels, size_t take);

}  // namespace rec::interpreter
