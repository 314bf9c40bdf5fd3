// Sets of candidates bit by bit, and who the rules leave of them: against bytes and a recount, over several words.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "operators/rules/candidate_set.h"
#include "operators/rules/rules.h"
#include "tests/operators/slate.h"

namespace rec::tests {
namespace {

using namespace rec::operators;

Page members(ConstCandidateSet set) {
  Page out;
  for (uint32_t i = 0; i < set.size() * 64; ++i) {
    if (contains(set, i)) out.push_back(i);
  }
  return out;
}

TEST(CandidateSet, HoldsThoseWhoseByteIsSet) {
  std::mt19937 random(1);
  column::Arena arena;
  for (uint32_t candidates = 1; candidates < 300; ++candidates) {
    std::vector<uint8_t> bytes;
    Page set, all;
    for (uint32_t i = 0; i < candidates; ++i) {
      bytes.push_back(random() % 3 == 0 ? static_cast<uint8_t>(1 + random() % 255) : uint8_t{0});
      if (bytes.back() != 0) set.push_back(i);
      all.push_back(i);
    }
    EXPECT_EQ(members(candidates_where(bytes, candidates, arena)), set);
    EXPECT_EQ(members(candidates_where({}, candidates, arena)), all);
    EXPECT_EQ(members(all_candidates(candidates, arena)), all);
    EXPECT_TRUE(members(no_candidates(candidates, arena)).empty());
    if (!set.empty()) {
      EXPECT_EQ(first_of(candidates_where(bytes, candidates, arena)), set.front());
    }
  }
}

/// Builds a page of anybody whom the rules leave, and compares whom they leave at each position, whom they relax, and
/// which of them took out a candidate that is watched.
void compare_page(const Slate& slate, std::mt19937& random) {
  const SlateCall built(slate);
  column::Arena arena;
  Rules rules(built.call.rules, slate.candidates, slate.take, slate.shown, arena);
  const CandidateSet left = all_candidates(slate.candidates, arena);
  for (uint32_t i = 0; i < slate.shown; ++i) {
    rules.place_before(i);
    erase(left, i);
  }
  Page page;
  std::vector<Relaxation> relaxed, wanted;
  while (page.size() < page_length(slate)) {
    const Page who = members(left);
    const uint32_t watched = who[random() % who.size()];
    std::optional<uint32_t> excluded_by;
    const CandidateSet allowed = all_candidates(slate.candidates, arena);
    std::ranges::copy(left, allowed.begin());
    const bool goes_on = rules.narrow(allowed, relaxed, watched, excluded_by);
    const Standing expected = standing(slate, page, wanted);
    ASSERT_EQ(goes_on, !expected.left.empty());
    if (!goes_on) break;
    ASSERT_EQ(members(allowed), expected.left) << "position " << page.size() + 1;
    ASSERT_EQ(excluded_by, expected.excluded[watched]);
    page.push_back(expected.left[random() % expected.left.size()]);
    erase(left, page.back());
    rules.place(page.back());
  }
  ASSERT_EQ(relaxed.size(), wanted.size());
  for (size_t i = 0; i < relaxed.size(); ++i) {
    ASSERT_EQ(relaxed[i].position, wanted[i].position);
    ASSERT_EQ(relaxed[i].rule, wanted[i].rule);
  }
}

TEST(CandidateSet, RulesLeaveWhomARecountLeaves) {
  std::mt19937 random(2);
  for (int round = 0; round < 3000; ++round) {
    compare_page(random_slate(random, round % 30 == 0 ? 300 : 70), random);
    if (testing::Test::HasFatalFailure()) FAIL() << "round " << round;
  }
}

}  // namespace
}  // namespace rec::tests
