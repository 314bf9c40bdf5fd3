// A unified diff of lines, by their longest common subsequence.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "compiler/format/format.h"

namespace rec::format {
namespace {

constexpr size_t kContext = 3;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

struct Edit {
  char sign;  // ' ', '-', '+'
  std::string_view line;
};

std::vector<Edit> edits(std::span<const std::string_view> a, std::span<const std::string_view> b) {
  std::vector<Edit> out, tail;
  while (!a.empty() && !b.empty() && a.front() == b.front()) {
    out.push_back({' ', a.front()});
    a = a.subspan(1);
    b = b.subspan(1);
  }
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    tail.push_back({' ', a.back()});
    a = a.first(a.size() - 1);
    b = b.first(b.size() - 1);
  }
  const size_t width = b.size() + 1;  // common[i, j]: of what follows a's i-th and b's j-th line
  std::vector<uint32_t> common((a.size() + 1) * width);
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;)
      common[i * width + j] = a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1
                                           : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
  }
  for (size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out.push_back({' ', a[i++]});
      ++j;
    } else if (j == b.size() || (i < a.size() && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      out.push_back({'-', a[i++]});
    } else {
      out.push_back({'+', b[j++]});
    }
  }
  out.insert(out.end(), tail.rbegin(), tail.rend());
  return out;
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name) {
  if (before == after) return {};
  const auto a = lines_of(before), b = lines_of(after);
  const auto all = edits(a, b);
  std::string out = fmt::format("--- {}\n+++ {}\n", name, name);
  size_t line_a = 1, line_b = 1;
  for (size_t at = 0; at < all.size();) {
    const auto changed = [](const Edit& edit) { return edit.sign != ' '; };
    const auto first = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(at), all.end(), changed);
    if (first == all.end()) break;
    const size_t change = static_cast<size_t>(first - all.begin());
    const size_t begin = std::max(at, change < kContext ? 0 : change - kContext);
    line_a += begin - at;  // all of these are in both
    line_b += begin - at;
    size_t end = change + 1, last = change;
    while (end < all.size() && end <= last + 2 * kContext) {
      if (changed(all[end])) last = end;
      ++end;
    }
    end = std::min(last + 1 + kContext, all.size());
    size_t from_a = 0, from_b = 0;
    std::string body;
    for (size_t i = begin; i < end; ++i) {
      from_a += all[i].sign != '+' ? 1U : 0U;
      from_b += all[i].sign != '-' ? 1U : 0U;
      body += fmt::format("{}{}\n", all[i].sign, all[i].line);
    }
    out += fmt::format("@@ -{},{} +{},{} @@\n{}", from_a == 0 ? line_a - 1 : line_a, from_a,
                       from_b == 0 ? line_b - 1 : line_b, from_b, body);
    line_a += from_a;
    line_b += from_b;
    at = end;
  }
  if (out.find("@@") == std::string::npos) out += "(only the end of the last line, or carriage returns)\n";
  return out;
}

}  // namespace rec::format
