// A naive reading of the rules of a page, recounted from the page at every look.
#include "tests/operators/slate.h"

#include <algorithm>
#include <set>

namespace rec::tests {

using operators::RuleInput;

SlateCall::SlateCall(const Slate& slate)
    : call{.candidates = slate.candidates, .relevance = slate.relevance, .take = slate.take, .arena = arena_} {
  groups_.reserve(slate.rules.size());
  for (const SlateRule& rule : slate.rules) {
    auto& lists = groups_.emplace_back();
    for (const auto& values : rule.groups) lists.push_back({values.data(), static_cast<uint32_t>(values.size())});
    rules_.push_back({.must = rule.must,
                      .at_least = rule.at_least,
                      .count = rule.count,
                      .scope = rule.scope,
                      .length = rule.length,
                      .matches = rule.matches,
                      .grouped = rule.grouped,
                      .groups = lists});
  }
  call.rules = rules_;
}

namespace {

bool matches(const SlateRule& rule, uint32_t candidate) {
  return rule.matches.empty() || rule.matches[candidate] != 0;
}

/// The groups a candidate counts in; without `by` the group 0 of all.
std::set<int64_t> groups_of(const SlateRule& rule, uint32_t candidate) {
  if (!matches(rule, candidate)) return {};
  if (!rule.grouped) return {0};
  return {rule.groups[candidate].begin(), rule.groups[candidate].end()};
}

bool at_most_holds(const SlateRule& rule, const std::vector<uint32_t>& page, uint32_t candidate) {
  std::vector<uint32_t> with = page;
  with.push_back(candidate);
  const auto size = static_cast<int64_t>(with.size());
  for (const int64_t group : groups_of(rule, candidate)) {
    const auto in_group = [&](int64_t at) { return groups_of(rule, with[static_cast<size_t>(at)]).contains(group); };
    int64_t found = 0;
    switch (rule.scope) {
      case RuleInput::Scope::in_a_row:
        while (found < size && in_group(size - 1 - found)) ++found;
        break;
      case RuleInput::Scope::in_any:
        for (int64_t at = std::max<int64_t>(0, size - rule.length); at < size; ++at) found += in_group(at) ? 1 : 0;
        break;
      case RuleInput::Scope::in_first:
        if (size <= rule.length) {
          for (int64_t at = 0; at < size; ++at) found += in_group(at) ? 1 : 0;
        }
        break;
    }
    if (found > rule.count) return false;
  }
  return true;
}

/// The window [first, last] of positions from 1: whether a match must stand at the next position.
bool window_forces(const SlateRule& rule, const std::vector<uint32_t>& page, int64_t first, int64_t last) {
  const auto next = static_cast<int64_t>(page.size()) + 1;
  if (next < first || next > last) return false;
  int64_t owed = rule.count;
  for (int64_t at = first; at < next; ++at) owed -= matches(rule, page[static_cast<size_t>(at - 1)]) ? 1 : 0;
  return owed > 0 && last - next + 1 <= owed;
}

}  // namespace

bool can_stand(const SlateRule& rule, const std::vector<uint32_t>& page, uint32_t candidate, uint32_t page_length) {
  if (!rule.at_least) return at_most_holds(rule, page, candidate);
  if (matches(rule, candidate)) return true;
  if (rule.scope == RuleInput::Scope::in_first) {
    return !window_forces(rule, page, 1, std::min<int64_t>(rule.length, page_length));
  }
  for (int64_t last = rule.length; last <= page_length; ++last) {
    if (window_forces(rule, page, last - rule.length + 1, last)) return false;
  }
  return true;
}

std::vector<uint32_t> standing(const Slate& slate, const std::vector<uint32_t>& page,
                               std::vector<operators::Relaxation>& relaxations) {
  std::vector<uint32_t> left;
  for (uint32_t i = 0; i < slate.candidates; ++i) {
    if (std::ranges::find(page, i) == page.end()) left.push_back(i);
  }
  for (const bool must : {true, false}) {
    for (uint32_t r = 0; r < slate.rules.size(); ++r) {
      if (slate.rules[r].must != must) continue;
      std::vector<uint32_t> kept;
      for (const uint32_t i : left) {
        if (can_stand(slate.rules[r], page, i, slate.take)) kept.push_back(i);
      }
      if (!kept.empty()) {
        left = kept;
      } else if (must) {
        return {};
      } else {
        relaxations.push_back({static_cast<uint32_t>(page.size()) + 1, r});
      }
    }
  }
  return left;
}

Slate random_slate(std::mt19937& random) {
  const auto upto = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  Slate slate;
  slate.candidates = static_cast<uint32_t>(1 + upto(14));
  slate.take = static_cast<uint32_t>(1 + upto(15));
  for (uint32_t i = 0; i < slate.candidates; ++i) slate.relevance.push_back(static_cast<float>(upto(20)) / 10);
  for (int r = upto(4); r > 0; --r) {
    SlateRule rule;
    rule.must = upto(3) == 0;
    rule.at_least = upto(2) == 0;
    rule.scope = static_cast<RuleInput::Scope>(rule.at_least ? 1 + upto(1) : upto(2));
    rule.count = upto(3);
    rule.length = 1 + upto(6);
    rule.grouped = !rule.at_least && upto(1) == 0;
    if (upto(3) != 0) {
      for (uint32_t i = 0; i < slate.candidates; ++i) rule.matches.push_back(static_cast<uint8_t>(upto(1)));
    }
    for (uint32_t i = 0; rule.grouped && i < slate.candidates; ++i) {
      auto& values = rule.groups.emplace_back();
      for (int g = upto(2); g > 0; --g) values.push_back(upto(3) * 1000);  // repeats included
    }
    slate.rules.push_back(std::move(rule));
  }
  return slate;
}

}  // namespace rec::tests
