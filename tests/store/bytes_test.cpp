// Numbers of a record, read back from buffers that end right behind them.
#include "runtime/store/bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace rec::store {
namespace {

TEST(Bytes, NumbersOfEveryLengthComeBack) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> numbers{0, 127, 128, std::numeric_limits<uint64_t>::max()};
  for (int bits = 1; bits <= 64; ++bits) {
    for (int i = 0; i < 20; ++i) numbers.push_back(random() >> (64 - bits));
  }
  std::ranges::shuffle(numbers, random);
  ByteWriter out;
  for (const uint64_t number : numbers) out.number(number);
  ByteReader in(out.view());
  for (const uint64_t number : numbers) EXPECT_EQ(in.number(), number);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0U);
}

TEST(Bytes, ANumberCutShortIsAFailure) {
  for (const size_t continued : {1U, 7U, 8U, 9U, 10U, 20U}) {  // bytes that say that another follows
    ByteReader in(std::string_view("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
                                   continued));
    EXPECT_EQ(in.number(), 0U);
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.left(), 0U);
  }
}

}  // namespace
}  // namespace rec::store
