// Outlines compared: aligned by the longest common subsequence of what the parts are, then fact by fact.
#include "compiler/graph/plan_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rec::graph {
namespace {

using Parts = std::vector<Part>;
using Kind = Change::Kind;

std::string facts_text(const Part& part) {
  std::string out;
  for (const auto& [what, value] : part.facts) {
    if (!out.empty()) out += ", ";
    out += what.empty() ? value : fmt::format("{} {}", what, value);
  }
  return out;
}

/// By what a part is found again.
std::string identity(const Part& part) {
  return part.kind + (part.name.empty() ? "\n" + facts_text(part) : " " + part.name);
}

bool place_matters(const Part& part) {
  return part.kind != "param" && part.kind != "emit";
}

std::string joined(const std::string& path, const Part& part) {
  std::string own = part.name.empty() ? part.kind : part.kind + " " + part.name;
  return path.empty() ? own : path + ", " + own;
}

class Differ {
 public:
  void compare(const Parts& before, const Parts& after, const std::string& path) {
    align(before, after);
    std::vector<std::optional<size_t>> partner_of = partners_;  // by index in `before`
    std::vector<uint8_t> found(after.size(), 0), moved(before.size(), 0);
    for (const auto& partner : partner_of) {
      if (partner) found[*partner] = 1;
    }
    match_moved(before, after, partner_of, found, moved);
    match_in_gaps(before, after, partner_of, found);
    size_t next = 0;  // of `after`, told so far
    for (size_t i = 0; i < before.size(); ++i) {
      if (!partner_of[i]) {
        lone(Kind::removed, before[i], path);
        continue;
      }
      if (moved[i] == 0) {
        for (; next < *partner_of[i]; ++next) {
          if (found[next] == 0) lone(Kind::added, after[next], path);
        }
      }
      pair(before[i], after[*partner_of[i]], moved[i] != 0, path);
    }
    for (; next < after.size(); ++next) {
      if (found[next] == 0) lone(Kind::added, after[next], path);
    }
  }

  std::vector<Change> changes;

 private:
  /// Fills partners_ with the longest common subsequence of identities.
  void align(const Parts& before, const Parts& after) {
    const size_t width = after.size() + 1;
    std::vector<std::string> a, b;
    for (const auto& part : before) a.push_back(identity(part));
    for (const auto& part : after) b.push_back(identity(part));
    std::vector<uint32_t> common((before.size() + 1) * width);  // of what begins at (i, j)
    for (size_t i = a.size(); i-- > 0;) {
      for (size_t j = b.size(); j-- > 0;)
        common[i * width + j] = a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1
                                             : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
    partners_.assign(before.size(), {});
    for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (a[i] == b[j]) {
        partners_[i++] = j++;
      } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) {
        ++i;
      } else {
        ++j;
      }
    }
  }

  /// The same parts at other places.
  static void match_moved(const Parts& before, const Parts& after, std::vector<std::optional<size_t>>& partner_of,
                          std::vector<uint8_t>& found, std::vector<uint8_t>& moved) {
    for (size_t i = 0; i < before.size(); ++i) {
      for (size_t j = 0; j < after.size() && !partner_of[i]; ++j) {
        if (found[j] != 0 || identity(before[i]) != identity(after[j])) continue;
        partner_of[i] = j;
        found[j] = 1;
        moved[i] = 1;
      }
    }
  }

  /// Nameless parts of one kind between the same neighbours are one part that changed.
  void match_in_gaps(const Parts& before, const Parts& after, std::vector<std::optional<size_t>>& partner_of,
                     std::vector<uint8_t>& found) const {
    size_t low = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      if (partners_[i]) low = *partners_[i] + 1;
      if (partner_of[i] || !before[i].name.empty()) continue;
      const auto next = std::find_if(partners_.begin() + static_cast<std::ptrdiff_t>(i), partners_.end(),
                                     [](const auto& partner) { return partner.has_value(); });
      const size_t high = next == partners_.end() ? after.size() : **next;
      for (size_t j = low; j < high && !partner_of[i]; ++j) {
        if (found[j] != 0 || after[j].kind != before[i].kind || !after[j].name.empty()) continue;
        partner_of[i] = j;
        found[j] = 1;
        low = j + 1;
      }
    }
  }

  void lone(Kind kind, const Part& part, const std::string& path) {
    Change change{.kind = kind, .part = joined(path, part), .what = {}, .before = {}, .after = {}};
    (kind == Kind::added ? change.after : change.before) = facts_text(part);
    (kind == Kind::added ? change.after_span : change.before_span) = part.span;
    changes.push_back(std::move(change));
    for (const auto& inner : part.parts) lone(kind, inner, joined(path, part));
  }

  void pair(const Part& before, const Part& after, bool moved, const std::string& path) {
    const std::string name = joined(path, after);
    const auto add = [&](Kind kind, std::string what, std::string was, std::string is) {
      changes.push_back({kind, name, std::move(what), std::move(was), std::move(is), before.span, after.span});
    };
    if (moved && place_matters(after)) add(Kind::moved, "", facts_text(before), facts_text(after));
    const auto find = [](const Part& part, const std::string& what) -> std::string {
      const auto found = std::ranges::find(part.facts, what, [](const auto& fact) { return fact.first; });
      return found == part.facts.end() ? "" : found->second;
    };
    for (const auto& [what, is] : after.facts) {
      if (std::string was = find(before, what); was != is) add(Kind::changed, what, std::move(was), is);
    }
    for (const auto& [what, was] : before.facts) {
      if (find(after, what).empty()) add(Kind::changed, what, was, "");
    }
    Differ inner;
    inner.compare(before.parts, after.parts, name);
    std::ranges::move(inner.changes, std::back_inserter(changes));
  }

  std::vector<std::optional<size_t>> partners_{};  // by index in `before`, in order
};

}  // namespace

std::string Change::text() const {
  switch (kind) {
    case Kind::added:
      return after.empty() ? part + " is new" : fmt::format("{} is new: {}", part, after);
    case Kind::removed:
      return before.empty() ? part + " is gone" : fmt::format("{} is gone: {}", part, before);
    case Kind::moved:
      return before.empty() ? part + " stands at another place"
                            : fmt::format("{} stands at another place: {}", part, after);
    case Kind::changed:
      break;
  }
  const std::string subject = what.empty() ? part : fmt::format("{}: {}", part, what);
  if (before.empty()) return fmt::format("{} is {}, there was none", subject, after);
  if (after.empty()) return fmt::format("{} is gone, was {}", subject, before);
  return fmt::format("{} is {}, was {}", subject, after, before);
}

std::vector<Change> diff(const std::vector<Part>& before, const std::vector<Part>& after) {
  Differ differ;
  differ.compare(before, after, "");
  return std::move(differ.changes);
}

}  // namespace rec::graph
