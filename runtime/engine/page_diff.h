// Two pages for one request, compared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"

namespace rec::engine {

/// An item's position, from 1, on both pages; 0: it is not there.
struct Placing {
  std::string table, key;
  uint32_t before = 0, after = 0;
};
struct PageDiff {
  std::vector<Placing> left{};     // in the order of the page before
  std::vector<Placing> entered{};  // in the order of the page after
  std::vector<Placing> moved{};    // likewise; those that stand on both, at other positions
};

/// Items are the same where table and key are.
PageDiff compare(const Page& before, const Page& after);

/// overlap@k: the share of the first k items that both pages have among theirs. Of shorter pages the longer one counts;
/// 1 where both are empty.
double overlap(const Page& before, const Page& after, size_t k);

}  // namespace rec::engine
