// Sets of keys, small and large: what was added is found under the number of its first appearance, nothing else is.
#include "runtime/interpreter/key_set.h"

#include <gtest/gtest.h>

#include <map>

namespace rec::interpreter {
namespace {

TEST(KeySet, FindsWhatWasAdded) {
  uint64_t state = 5;
  const auto next = [&] { return state = state * 6364136223846793005ULL + 1442695040888963407ULL; };
  for (const uint64_t bound : {uint64_t{10}, uint64_t{5000}, uint64_t{1} << 40, uint64_t{0}}) {  // 0: any 64 bits
    KeySet set(1000);
    std::map<uint64_t, uint32_t> expected;
    for (int i = 0; i < 1000; ++i) {
      const uint64_t key = bound == 0 ? next() : (next() >> 20) % bound;
      const auto [at, fresh] = expected.try_emplace(key, static_cast<uint32_t>(expected.size()));
      EXPECT_EQ(set.add(key), at->second);
    }
    EXPECT_EQ(set.size(), expected.size());
    for (const auto& [key, number] : expected) {
      EXPECT_EQ(set.find(key), number);
      for (const uint64_t other : {key + 1, key - 1, key ^ (uint64_t{1} << 63), key + 4096})
        EXPECT_EQ(set.find(other), expected.contains(other) ? expected[other] : KeySet::kNone);
    }
  }
  EXPECT_EQ(KeySet().find(0), KeySet::kNone);
  EXPECT_EQ(KeySet().find(UINT64_MAX), KeySet::kNone);
}

}  // namespace
}  // namespace rec::interpreter
