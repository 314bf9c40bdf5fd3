// Two pages compared.
#include "runtime/engine/page_diff.h"

#include <algorithm>
#include <map>
#include <utility>

namespace rec::engine {
namespace {

using Places = std::map<std::pair<std::string, std::string>, uint32_t>;

Places places(const Page& page, size_t most) {
  Places out;
  for (size_t i = 0; i < std::min(most, page.items.size()); ++i)
    out.emplace(std::pair(page.items[i].table, page.items[i].key), static_cast<uint32_t>(i + 1));
  return out;
}

}  // namespace

PageDiff compare(const Page& before, const Page& after) {
  const Places old_places = places(before, SIZE_MAX), new_places = places(after, SIZE_MAX);
  PageDiff out;
  for (const auto& item : before.items) {
    const auto at = old_places.at({item.table, item.key});
    if (!new_places.contains({item.table, item.key})) out.left.push_back({item.table, item.key, at, 0});
  }
  for (const auto& item : after.items) {
    const auto at = new_places.at({item.table, item.key});
    const auto was = old_places.find({item.table, item.key});
    if (was == old_places.end()) {
      out.entered.push_back({item.table, item.key, 0, at});
    } else if (was->second != at) {
      out.moved.push_back({item.table, item.key, was->second, at});
    }
  }
  return out;
}

double overlap(const Page& before, const Page& after, size_t k) {
  const Places a = places(before, k), b = places(after, k);
  const size_t length = std::max(a.size(), b.size());
  if (length == 0) return 1;
  const auto both = std::ranges::count_if(a, [&](const auto& place) { return b.contains(place.first); });
  return static_cast<double>(both) / static_cast<double>(length);
}

}  // namespace rec::engine
