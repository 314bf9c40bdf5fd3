// Admission of candidates against a loop over them: what qualifies, in its order, with its score, up to what is wanted.
#include "operators/recall/admission.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace rec::tests {
namespace {

using operators::Admission;
using operators::AdmitFn;
using operators::Candidates;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// Qualifies a row whose number is a multiple.
AdmitFn multiples_of(uint32_t number) {
  return [number](std::span<const uint32_t> rows, std::span<uint8_t> keep) {
    for (size_t i = 0; i < rows.size(); ++i) keep[i] = rows[i] % number == 0 ? 1 : 0;
  };
}

/// As they are: NaN equals itself.
std::vector<uint32_t> bits_of(const std::vector<float>& scores) {
  std::vector<uint32_t> out;
  for (const float score : scores) out.push_back(std::bit_cast<uint32_t>(score));
  return out;
}

void expect_found(const Candidates& found, const std::vector<uint32_t>& rows, const std::vector<float>& scores) {
  EXPECT_EQ(found.rows, rows);
  EXPECT_EQ(bits_of(found.scores), bits_of(scores));
}

TEST(Admission, SearchesOnUntilEnoughQualify) {
  size_t asked = 0;
  const AdmitFn even = [&](std::span<const uint32_t> rows, std::span<uint8_t> keep) {
    asked += rows.size();
    for (size_t i = 0; i < rows.size(); ++i) keep[i] = rows[i] % 10 == 0 ? 1 : 0;
  };
  std::vector<uint32_t> rows(5000);
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
  Admission admission(even, 100);
  std::span<const uint32_t> left = rows;
  while (!left.empty() && !admission.done()) {
    const auto block = left.first(admission.block(left.size()));
    admission.offer(block);
    left = left.subspan(block.size());
  }
  const Candidates found = admission.take();
  ASSERT_EQ(found.rows.size(), 100U);
  EXPECT_EQ(found.rows.back(), 990U);
  EXPECT_EQ(found.looked_at, asked);
  EXPECT_LT(asked, 2500U);  // not the whole table
}

TEST(Admission, CutsRowsAndScoresInTheMiddleOfABlock) {
  const AdmitFn even = multiples_of(2);
  Admission admission(even, 3);
  admission.offer(std::vector<uint32_t>{8, 5, 2, 7, 6, 4, 1}, std::vector<float>{9, 8, 7, 6, 5, 4, 3});
  EXPECT_TRUE(admission.done());
  admission.offer(std::vector<uint32_t>{10}, std::vector<float>{1});  // more than is needed
  const Candidates found = admission.take();
  expect_found(found, {8, 2, 6}, {9, 7, 5});
  EXPECT_EQ(found.looked_at, 8U);
}

TEST(Admission, LeavesNothingOfALastRowThatDoesNotQualify) {
  const AdmitFn even = multiples_of(2);
  Admission admission(even, 3);
  admission.offer(std::vector<uint32_t>{1, 2, 3}, std::vector<float>{.9F, .8F, .7F});
  EXPECT_FALSE(admission.done());
  admission.offer(std::vector<uint32_t>{5, 7}, std::vector<float>{.6F, .5F});
  admission.offer(std::vector<uint32_t>{4, 9}, std::vector<float>{.4F, .3F});
  EXPECT_FALSE(admission.done());
  expect_found(admission.take(), {2, 4}, {.8F, .4F});
}

TEST(Admission, TakesAllThatQualifyWithoutALimit) {
  const AdmitFn thirds = multiples_of(3);
  Admission admission(thirds, std::nullopt);
  std::vector<uint32_t> rows(5000), expected;
  std::iota(rows.begin(), rows.end(), 0U);
  for (uint32_t row = 0; row < rows.size(); row += 3) expected.push_back(row);
  for (std::span<const uint32_t> left = rows; !left.empty();) {
    const size_t size = admission.block(left.size());
    EXPECT_EQ(size, std::min(left.size(), operators::kAdmissionBlock));
    admission.offer(left.first(size));
    EXPECT_FALSE(admission.done());
    left = left.subspan(size);
  }
  expect_found(admission.take(), expected, {});
}

TEST(Admission, KeepsTheOrderOfTiesAndOfNan) {
  const AdmitFn all = [](std::span<const uint32_t>, std::span<uint8_t>) {};  // none is taken out
  Admission admission(all, 6);
  admission.offer(std::vector<uint32_t>{9, 4, 7}, std::vector<float>{1, 1, 1});
  admission.offer(std::vector<uint32_t>{3, 8, 1, 2}, std::vector<float>{1, -kNan, kNan, kNan});
  expect_found(admission.take(), {9, 4, 7, 3, 8, 1}, {1, 1, 1, 1, -kNan, kNan});
}

TEST(Admission, CountsAnewAfterWhatWasTaken) {
  const AdmitFn even = multiples_of(2);
  const std::optional<uint32_t> all;
  Admission admission(even, all);
  for (const uint32_t first : {0U, 10U, 20U}) {
    admission.offer(std::vector<uint32_t>{first, first + 1, first + 2});
    const Candidates found = admission.take();
    expect_found(found, {first, first + 2}, {});
    EXPECT_EQ(found.looked_at, 3U);
  }
}

/// Scores with ties, zeros of both signs, infinities and NaN.
float random_score(std::mt19937& random) {
  constexpr float kRare[] = {0.0F, -0.0F, kNan, std::numeric_limits<float>::infinity()};
  return random() % 4 == 0 ? kRare[random() % std::size(kRare)] : static_cast<float>(random() % 5);
}

TEST(Admission, AgreesWithALoopOverTheCandidates) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    const auto one_in = static_cast<uint32_t>(1 + random() % 5);
    const AdmitFn admit = multiples_of(one_in);
    const auto wanted = random() % 4 == 0 ? std::nullopt : std::optional(static_cast<uint32_t>(random() % 60));
    const bool scored = random() % 3 != 0;
    Admission admission(admit, wanted);
    Candidates expected;
    for (size_t blocks = random() % 6; blocks > 0; --blocks) {
      std::vector<uint32_t> rows(random() % 40);
      std::vector<float> scores;
      for (uint32_t& row : rows) row = static_cast<uint32_t>(random() % 100);
      for (size_t i = 0; scored && i < rows.size(); ++i) scores.push_back(random_score(random));
      admission.offer(rows, scores);
      expected.looked_at += rows.size();
      for (size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] % one_in != 0 || (wanted && expected.rows.size() >= *wanted)) continue;
        expected.rows.push_back(rows[i]);
        if (scored) expected.scores.push_back(scores[i]);
      }
      ASSERT_EQ(admission.done(), wanted && expected.rows.size() >= *wanted) << "round " << round;
    }
    const Candidates found = admission.take();
    expect_found(found, expected.rows, expected.scores);
    EXPECT_EQ(found.looked_at, expected.looked_at);
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
}

}  // namespace
}  // namespace rec::tests
