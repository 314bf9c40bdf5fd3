// "did you mean": the names nearest to a mistyped one.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <tuple>

#include "compiler/diagnostics/diagnostics.h"

namespace rec::diagnostics {
namespace {

constexpr size_t kMostSuggestions = 3;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Damerau-Levenshtein distance in its "optimal string alignment" form: no letter is edited twice.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::vector<std::tuple<size_t, std::string>> found;
  const std::string folded = lower(word);
  const size_t within = word.size() / 3;
  for (const std::string& candidate : candidates) {
    const size_t longer = std::max(candidate.size(), word.size());
    if (candidate == word || longer - std::min(candidate.size(), word.size()) > within) continue;
    const size_t edits = distance(folded, lower(candidate));
    if (edits <= within) found.emplace_back(edits, candidate);
  }
  std::ranges::sort(found);
  const auto repeats = std::ranges::unique(found);
  found.erase(repeats.begin(), repeats.end());
  if (found.size() > kMostSuggestions) found.resize(kMostSuggestions);
  std::vector<std::string> names;
  for (auto& [edits, name] : found) names.push_back(std::move(name));
  return names;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto names = nearest(word, candidates);
  if (names.empty()) return {};
  std::string text = "did you mean ";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += fmt::format("`{}`", names[i]);
  }
  return text + "?";
}

}  // namespace rec::diagnostics
