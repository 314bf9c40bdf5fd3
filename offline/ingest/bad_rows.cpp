// Counting what was left out, and saying it.
#include "offline/ingest/bad_rows.h"

#include <fmt/format.h>

namespace rec::ingest {
namespace {

constexpr size_t kPlacesShown = 3;
constexpr size_t kTextShown = 40;

}  // namespace

void BadRows::add(const std::string& file, const std::string& reason, uint64_t line, std::string_view seen) {
  Reason& entry = reasons_[{file, reason}];
  if (++entry.rows > kPlacesShown) {
    return;
  }
  const bool cut = seen.size() > kTextShown;
  size_t length = cut ? kTextShown : seen.size();
  while (cut && length > 0 && (static_cast<unsigned char>(seen[length]) & 0xC0) == 0x80) {
    --length;  // not within a character
  }
  entry.places.push_back(seen.empty()
                             ? fmt::format("line {}", line)
                             : fmt::format("line {} (`{}{}`)", line, seen.substr(0, length), cut ? "..." : ""));
}

void BadRows::append(const BadRows& other) {
  for (const auto& [key, reason] : other.reasons_) {
    Reason& entry = reasons_[key];
    entry.rows += reason.rows;
    for (const std::string& place : reason.places) {
      if (entry.places.size() < kPlacesShown) {
        entry.places.push_back(place);
      }
    }
  }
}

uint64_t BadRows::total() const {
  uint64_t rows = 0;
  for (const auto& [key, reason] : reasons_) {
    rows += reason.rows;
  }
  return rows;
}

std::vector<std::string> BadRows::notes() const {
  std::vector<std::string> notes;
  for (const auto& [key, reason] : reasons_) {
    std::string places;
    for (const std::string& place : reason.places) {
      places += places.empty() ? place : ", " + place;
    }
    notes.push_back(fmt::format("{}: {} {} left out, {}: {}{}", key.first, reason.rows,
                                reason.rows == 1 ? "row" : "rows", key.second, places,
                                reason.rows > reason.places.size() ? ", ..." : ""));
  }
  return notes;
}

}  // namespace rec::ingest
