// The similarity of sets, as bits and where there are too many values for that, against sets counted one by one.
#include "operators/rerank/similarity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <set>

namespace rec::tests {
namespace {

using operators::Similarity;
using operators::SimilarityTerm;
using Sets = std::vector<std::set<int64_t>>;  // one a candidate

float counted(const std::set<int64_t>& a, const std::set<int64_t>& b) {
  const auto both = std::ranges::count_if(a, [&](int64_t value) { return b.contains(value); });
  auto either = a;
  either.insert(b.begin(), b.end());
  return either.empty() ? 0.0F : static_cast<float>(static_cast<double>(both) / static_cast<double>(either.size()));
}

/// The sets as a term of a similarity, and what it points into.
struct Term {
  explicit Term(const Sets& sets, float weight = 1) {
    for (const auto& set : sets) values.emplace_back(set.begin(), set.end());
    for (const auto& list : values) lists.push_back({list.data(), static_cast<uint32_t>(list.size())});
    term = {.kind = SimilarityTerm::Kind::jaccard, .weight = weight, .lists = lists};
  }
  Term(const Term&) = delete;
  std::vector<std::vector<int64_t>> values;
  std::vector<column::ListRef> lists;
  SimilarityTerm term;
};

/// Adds the candidates in a random order, `together` at once, and compares all rows of those that are there each time.
void expect_counted(const Sets& sets, size_t together, std::mt19937_64& random) {
  const Term term(sets);
  column::Arena arena;
  Similarity similarity({&term.term, 1}, sets.size(), arena);
  std::vector<uint32_t> order(sets.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::shuffle(order, random);
  for (size_t there = 0; there < order.size();) {
    const size_t count = std::min(together, order.size() - there);
    similarity.add(std::span(order).subspan(there, count));
    there += count;
    for (uint32_t place = 0; place < there; ++place) {
      const size_t first = random() % there;
      std::vector<float> row(there - first, -1.0F);
      similarity.row(place, first, row);
      for (size_t i = 0; i < row.size(); ++i)
        ASSERT_EQ(row[i], counted(sets[order[place]], sets[order[first + i]])) << there << " there, row " << place;
    }
  }
}

/// Sets that have each of the values, some of them several.
Sets sets_of(const std::vector<int64_t>& values, std::mt19937_64& random) {
  constexpr size_t kEach = 5;
  Sets sets(values.size() / kEach + 8);
  for (size_t v = 0; v < values.size(); ++v) sets[v / kEach].insert(values[v]);
  for (auto& set : sets) {
    for (size_t more = random() % 6; more > 0; --more) set.insert(values[random() % values.size()]);
  }
  return sets;
}

std::vector<int64_t> distinct_values(size_t count, std::mt19937_64& random) {
  std::set<int64_t> values{0, -1, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  while (values.size() < count / 2) values.insert(static_cast<int64_t>(random() % 1000));
  while (values.size() < count) values.insert(static_cast<int64_t>(random()));
  return {values.begin(), values.end()};
}

TEST(SetSimilarity, HasABitForEachOf64Values) {
  std::mt19937_64 random(1);
  for (const size_t count : {5UL, 63UL, 64UL, 65UL, 66UL, 128UL, 300UL, 1000UL}) {
    for (const size_t together : {SIZE_MAX, size_t{7}})
      expect_counted(sets_of(distinct_values(count, random), random), together, random);
    ASSERT_FALSE(HasFailure()) << count << " values";
  }
}

/// Values that begin their search for a bit at this of 256 slots, by the hash of similarity.cpp.
std::vector<int64_t> values_of_slot(uint64_t slot, size_t count) {
  std::vector<int64_t> out;
  for (int64_t value = -5000; out.size() < count; ++value) {
    if (static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15 >> 56 == slot) out.push_back(value);
  }
  return out;
}

TEST(SetSimilarity, TellsValuesOfOneSlotApart) {
  std::mt19937_64 random(2);
  for (const uint64_t slot : {0UL, 100UL, 255UL}) {  // behind the last slot is the first
    for (const size_t count : {2UL, 63UL, 64UL, 65UL, 200UL})
      expect_counted(sets_of(values_of_slot(slot, count), random), SIZE_MAX, random);
    auto neighbours = values_of_slot(slot, 30);
    for (const int64_t value : values_of_slot((slot + 2) % 256, 34)) neighbours.push_back(value);
    std::ranges::shuffle(neighbours, random);
    expect_counted(sets_of(neighbours, random), 3, random);
    ASSERT_FALSE(HasFailure()) << "slot " << slot;
  }
}

TEST(SetSimilarity, IsNothingForTheEmptySet) {
  std::mt19937_64 random(3);
  expect_counted(Sets(5), SIZE_MAX, random);
  expect_counted(Sets(1), SIZE_MAX, random);
  for (const size_t count : {1UL, 64UL, 65UL}) {
    std::vector<int64_t> values(count);
    std::iota(values.begin(), values.end(), 0);
    Sets sets = sets_of(values, random);
    sets.resize(2 * sets.size());
    for (const size_t together : {SIZE_MAX, size_t{1}}) expect_counted(sets, together, random);
  }
}

TEST(SetSimilarity, GoesOnWithoutBitsWhenAValueTooManyComes) {
  // All 64 bits in one set, then one value more: rows of those that were there before stay as they were.
  std::vector<int64_t> values(66);
  std::iota(values.begin(), values.end(), 1000);
  const Sets sets{{values.begin(), values.begin() + 64}, {1000, 1001, 1063}, {1064}, {1000, 1063, 1065}, {}};
  const Term term(sets);
  column::Arena arena;
  Similarity similarity({&term.term, 1}, sets.size(), arena);
  const std::vector<uint32_t> order{0, 1, 2, 3, 4};
  similarity.add(std::span(order).first(2));
  std::vector<float> before(2), after(5);
  similarity.row(0, 0, before);
  EXPECT_EQ(before, (std::vector<float>{1, 3.0F / 64}));
  similarity.add(std::span(order).subspan(2, 1));
  similarity.add(std::span(order).subspan(3));
  similarity.row(0, 0, after);
  EXPECT_EQ(after, (std::vector<float>{1, 3.0F / 64, 0, 2.0F / 65, 0}));
}

TEST(SetSimilarity, EachTermHasBitsOfItsOwn) {
  std::mt19937_64 random(4);
  const Sets few = sets_of(distinct_values(60, random), random);
  Sets many = sets_of(distinct_values(400, random), random);
  many.resize(few.size());
  const Term a(few, 0.75F), b(many, 0.3F), c(few, 2);
  const std::vector<SimilarityTerm> terms{a.term, b.term, c.term};
  column::Arena arena;
  Similarity similarity(terms, few.size(), arena);
  std::vector<uint32_t> all(few.size());
  std::iota(all.begin(), all.end(), 0U);
  similarity.add(all);
  for (const uint32_t place : all) {
    std::vector<float> row(all.size());
    similarity.row(place, 0, row);
    for (const uint32_t other : all) {
      const float alike = counted(few[place], few[other]), also = counted(many[place], many[other]);
      EXPECT_EQ(row[other], (0.75F * alike + 0.3F * also) + 2 * alike) << place << " and " << other;
    }
  }
}

}  // namespace
}  // namespace rec::tests
