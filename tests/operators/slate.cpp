// A naive reading of the rules of a page, recounted from the page at every look.
#include "tests/operators/slate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace rec::tests {

using operators::RuleInput;

SlateCall::SlateCall(const Slate& slate)
    : call{.candidates = slate.candidates,
           .relevance = slate.relevance,
           .take = slate.take,
           .arena = arena_,
           .placed = slate.shown} {
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

/// `placed`: the positions that the rule looks at, so far.
bool at_most_holds(const SlateRule& rule, const Page& placed, uint32_t candidate) {
  Page with = placed;
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

/// How many more matches the window [first, last] of positions, from 1, still owes.
int64_t owed_in(const SlateRule& rule, const Page& placed, int64_t first, int64_t last) {
  int64_t owed = rule.count;
  for (int64_t at = first; at <= std::min<int64_t>(last, static_cast<int64_t>(placed.size())); ++at)
    owed -= matches(rule, placed[static_cast<size_t>(at - 1)]) ? 1 : 0;
  return owed;
}

/// Whether a match must stand at the next position for the window's sake.
bool window_forces(const SlateRule& rule, const Page& placed, int64_t first, int64_t last) {
  const auto next = static_cast<int64_t>(placed.size()) + 1;
  if (next < first || next > last) return false;
  const int64_t owed = owed_in(rule, placed, first, last);
  return owed > 0 && last - next + 1 <= owed;
}

/// The windows of an `at least` rule as [first, last], positions from 1 of what it looks at. It looks at what was shown
/// before the page for `in any` only.
std::vector<std::pair<int64_t, int64_t>> windows(const Slate& slate, const SlateRule& rule) {
  if (rule.scope == RuleInput::Scope::in_first) return {{1, std::min<int64_t>(rule.length, slate.take)}};
  std::vector<std::pair<int64_t, int64_t>> out;
  for (int64_t last = rule.length; last <= int64_t{slate.shown} + slate.take; ++last)
    out.emplace_back(last - rule.length + 1, last);
  return out;
}

Page looked_at(const Slate& slate, const SlateRule& rule, const Page& page) {
  return rule.scope == RuleInput::Scope::in_first ? page : with_shown(slate, page);
}

/// Whether the whole page breaks a rule, counted without regard to how it came about.
bool is_broken(const Slate& slate, const SlateRule& rule, const Page& page) {
  const Page all = looked_at(slate, rule, page);
  const size_t before = all.size() - page.size();
  if (!rule.at_least) {
    for (size_t at = before; at < all.size(); ++at) {
      if (!at_most_holds(rule, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at)}, all[at])) return true;
    }
    return false;
  }
  if (page.size() < page_length(slate)) return false;  // it ended early, for want of matches
  for (const auto& [first, last] : windows(slate, rule)) {
    const int64_t own = last - std::max(first, static_cast<int64_t>(before) + 1) + 1;  // positions of this page
    const Page shown(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    const bool could = own > 0 && owed_in(rule, shown, first, last) <= own;
    if (could && last <= static_cast<int64_t>(all.size()) && owed_in(rule, all, first, last) > 0) return true;
  }
  return false;
}

}  // namespace

Page with_shown(const Slate& slate, const Page& page) {
  Page all;
  for (uint32_t i = 0; i < slate.shown; ++i) all.push_back(i);
  all.insert(all.end(), page.begin(), page.end());
  return all;
}

uint32_t page_length(const Slate& slate) {
  return std::min(slate.take, slate.candidates - slate.shown);
}

bool can_stand(const Slate& slate, const SlateRule& rule, const Page& page, uint32_t candidate) {
  const Page placed = looked_at(slate, rule, page);
  if (!rule.at_least) return at_most_holds(rule, placed, candidate);
  return matches(rule, candidate) || std::ranges::none_of(windows(slate, rule), [&](const auto& w) {
           return window_forces(rule, placed, w.first, w.second);
         });
}

Standing standing(const Slate& slate, const Page& page, std::vector<operators::Relaxation>& relaxations) {
  Standing out{.left = {}, .excluded = std::vector<std::optional<uint32_t>>(slate.candidates)};
  for (uint32_t i = slate.shown; i < slate.candidates; ++i) {
    if (std::ranges::find(page, i) == page.end()) out.left.push_back(i);
  }
  for (const bool must : {true, false}) {
    for (uint32_t r = 0; r < slate.rules.size(); ++r) {
      if (slate.rules[r].must != must) continue;
      Page kept;
      for (const uint32_t i : out.left) {
        if (can_stand(slate, slate.rules[r], page, i)) kept.push_back(i);
      }
      if (kept.empty() && must) return {};
      if (kept.empty()) {
        relaxations.push_back({static_cast<uint32_t>(page.size()) + 1, r});
        continue;
      }
      for (const uint32_t i : out.left) {
        if (std::ranges::find(kept, i) == kept.end()) out.excluded[i] = r;
      }
      out.left = kept;
    }
  }
  return out;
}

void replay(const Slate& slate, const operators::RerankResult& result, double near,
            const std::function<double(const Page&, uint32_t)>& objective) {
  Page page;
  std::vector<operators::Relaxation> relaxations;
  for (const uint32_t pick : result.picks) {
    const auto left = standing(slate, page, relaxations).left;
    ASSERT_TRUE(std::ranges::find(left, pick) != left.end()) << "position " << page.size() + 1;
    const Page all = with_shown(slate, page);
    double best = -std::numeric_limits<double>::infinity();
    for (const uint32_t i : left) best = std::max(best, objective(all, i));
    ASSERT_GE(objective(all, pick), best - near) << "position " << page.size() + 1;
    page.push_back(pick);
  }
  if (page.size() < page_length(slate)) {
    EXPECT_TRUE(standing(slate, page, relaxations).left.empty());
  }
  ASSERT_EQ(relaxations.size(), result.relaxations.size());
  for (size_t i = 0; i < relaxations.size(); ++i) {
    EXPECT_EQ(relaxations[i].position, result.relaxations[i].position);
    EXPECT_EQ(relaxations[i].rule, result.relaxations[i].rule);
  }
  for (const SlateRule& rule : slate.rules) EXPECT_FALSE(rule.must && is_broken(slate, rule, page));
}

void expect_recorded(const Slate& slate, operators::Rerank rerank, operators::RerankCall call, double near,
                     const std::function<double(const Page&, uint32_t)>& objective) {
  const auto plain = rerank(call);
  for (uint32_t watched = slate.shown; watched < slate.candidates; watched += 3) {
    operators::RerankRecord record{.candidate = watched};
    call.record = &record;
    ASSERT_EQ(rerank(call).picks, plain.picks);
    const auto own = std::ranges::find(plain.picks, watched);
    const auto until = static_cast<size_t>(own - plain.picks.begin()) + (own == plain.picks.end() ? 0 : 1);
    ASSERT_EQ(record.picks.size(), until);
    Page page;
    for (const auto& pick : record.picks) {
      std::vector<operators::Relaxation> relaxations;
      const Standing who = standing(slate, page, relaxations);
      ASSERT_EQ(pick.winner, plain.picks[page.size()]);
      ASSERT_EQ(pick.excluded_by, who.excluded[watched]);
      const Page all = with_shown(slate, page);
      if (!pick.excluded_by && std::isfinite(pick.objective)) {
        ASSERT_NEAR(pick.objective, objective(all, watched), near);
      }
      if (std::isfinite(pick.winner_objective)) {
        ASSERT_NEAR(pick.winner_objective, objective(all, pick.winner), near);
      }
      page.push_back(pick.winner);
    }
  }
}

Slate random_slate(std::mt19937& random, int most) {
  const auto upto = [&](int high) { return std::uniform_int_distribution<int>(0, high)(random); };
  Slate slate;
  slate.candidates = static_cast<uint32_t>(1 + upto(most - 1));
  slate.take = static_cast<uint32_t>(1 + upto(15));
  if (upto(2) == 0) slate.shown = std::min(static_cast<uint32_t>(upto(5)), slate.candidates - 1);
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
