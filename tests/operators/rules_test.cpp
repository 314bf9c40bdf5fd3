// The rules engine against a naive reading of the language on random slates, and each form by example.
#include <gtest/gtest.h>

#include "operators/list.h"
#include "operators/rerank/greedy.h"
#include "tests/operators/slate.h"

namespace rec::tests {
namespace {

using operators::RerankResult;
using operators::RuleInput;

RerankResult rerank(const Slate& slate) {
  const SlateCall built(slate);
  return std::get<operators::RerankDef>(operators::greedy().what).run(built.call);
}

Slate slate_of(std::vector<uint8_t> matches, uint32_t take, SlateRule rule) {
  Slate slate;
  slate.candidates = static_cast<uint32_t>(matches.size());
  for (size_t i = 0; i < matches.size(); ++i) slate.relevance.push_back(static_cast<float>(matches.size() - i));
  slate.take = take;
  rule.matches = std::move(matches);
  slate.rules.push_back(std::move(rule));
  return slate;
}

TEST(Rules, EachPickIsTheBestOfWhatTheRulesLeave) {
  std::mt19937 random(1);
  size_t relaxed = 0, ended = 0, after = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Slate slate = random_slate(random);
    const auto relevance = [&](const Page&, uint32_t i) { return static_cast<double>(slate.relevance[i]); };
    const RerankResult result = rerank(slate);
    replay(slate, result, 0, relevance);
    if (round % 10 == 0) expect_recorded(slate, operators::rerank_greedy, SlateCall(slate).call, 0, relevance);
    if (testing::Test::HasFailure()) FAIL() << "round " << round;
    relaxed += result.relaxations.empty() ? 0 : 1;
    ended += result.picks.size() < page_length(slate) ? 1 : 0;
    after += slate.shown > 0 ? 1 : 0;
  }
  EXPECT_GT(relaxed, 1000U);  // the slates do reach all of it
  EXPECT_GT(ended, 500U);
  EXPECT_GT(after, 3000U);
}

TEST(Rules, AtMostInARowLetsTheNextBestIn) {
  const Slate slate = slate_of({1, 1, 1, 0, 0}, 5, {.count = 2, .scope = RuleInput::Scope::in_a_row});
  EXPECT_EQ(rerank(slate).picks, (std::vector<uint32_t>{0, 1, 3, 2, 4}));
}

TEST(Rules, AtLeastWaitsUntilItIsOwed) {
  const Slate slate =
      slate_of({0, 0, 0, 0, 1, 1}, 6, {.at_least = true, .count = 2, .scope = RuleInput::Scope::in_first, .length = 4});
  EXPECT_EQ(rerank(slate).picks, (std::vector<uint32_t>{0, 1, 4, 5, 2, 3}));
}

TEST(Rules, AtLeastInAnyHoldsForEveryWindow) {
  const Slate slate =
      slate_of({0, 0, 0, 0, 1, 1}, 6, {.at_least = true, .count = 1, .scope = RuleInput::Scope::in_any, .length = 3});
  EXPECT_EQ(rerank(slate).picks, (std::vector<uint32_t>{0, 1, 4, 2, 3, 5}));
}

TEST(Rules, ARuleThatLeavesNobodyIsRelaxedOnlyThere) {
  const Slate slate = slate_of({1, 1, 0}, 3, {.count = 0, .scope = RuleInput::Scope::in_first, .length = 3});
  const RerankResult result = rerank(slate);
  EXPECT_EQ(result.picks, (std::vector<uint32_t>{2, 0, 1}));
  ASSERT_EQ(result.relaxations.size(), 2U);
  EXPECT_EQ(result.relaxations[0].position, 2U);
  EXPECT_EQ(result.relaxations[1].position, 3U);
}

TEST(Rules, AMustRuleEndsThePage) {
  const Slate slate =
      slate_of({1, 1, 0}, 3, {.must = true, .count = 0, .scope = RuleInput::Scope::in_first, .length = 3});
  const RerankResult result = rerank(slate);
  EXPECT_EQ(result.picks, (std::vector<uint32_t>{2}));
  EXPECT_TRUE(result.relaxations.empty());
}

TEST(Rules, AMustRuleWrittenLastIsAppliedFirst) {
  // The soft rule wants only matches at position 1, the must rule forbids them: the soft one gives way.
  Slate slate = slate_of({1, 0}, 2, {.at_least = true, .count = 1, .scope = RuleInput::Scope::in_first, .length = 1});
  slate.rules.push_back(
      {.must = true, .count = 0, .scope = RuleInput::Scope::in_first, .length = 1, .matches = {1, 0}});
  const RerankResult result = rerank(slate);
  EXPECT_EQ(result.picks, (std::vector<uint32_t>{1, 0}));
  ASSERT_EQ(result.relaxations.size(), 1U);
  EXPECT_EQ(result.relaxations[0].rule, 0U);
}

TEST(Rules, AListCountsInEachOfItsValuesAndNoneInNoGroup) {
  Slate slate = slate_of({}, 4, {.count = 1, .scope = RuleInput::Scope::in_any, .length = 2, .grouped = true});
  slate.candidates = 4;
  slate.relevance = {4, 3, 2, 1};
  slate.take = 4;
  slate.rules[0].groups = {{7, 8}, {8}, {}, {7}};
  EXPECT_EQ(rerank(slate).picks, (std::vector<uint32_t>{0, 2, 1, 3}));
}

}  // namespace
}  // namespace rec::tests
