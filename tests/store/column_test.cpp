// Columns, dictionaries, string spaces and arenas.
#include "runtime/column/column.h"

#include <gtest/gtest.h>

#include <cstring>

namespace rec::column {
namespace {

TEST(ColumnView, ReadsEveryIntegerWidthSignExtended) {
  const int8_t one[] = {-128, 127};
  const int16_t two[] = {-32768, 32767};
  const int32_t four[] = {INT32_MIN, INT32_MAX};
  const int64_t eight[] = {INT64_MIN, INT64_MAX};
  const auto view = [](const void* data, uint32_t width) {
    return ColumnView{
        .type = types::integer(), .rows = 2, .width = width, .values = static_cast<const std::byte*>(data)};
  };
  EXPECT_EQ(view(one, 1).integer(0), -128);
  EXPECT_EQ(view(one, 1).integer(1), 127);
  EXPECT_EQ(view(two, 2).integer(0), -32768);
  EXPECT_EQ(view(four, 4).integer(0), INT32_MIN);
  EXPECT_EQ(view(eight, 8).integer(0), INT64_MIN);
  EXPECT_EQ(view(eight, 8).integer(1), INT64_MAX);
}

TEST(ColumnView, ListsAndVectors) {
  const int64_t elements[] = {7, 8, 9};
  const uint64_t offsets[] = {0, 2, 2, 3};
  const ColumnView lists{.type = types::list(types::Kind::integer),
                         .rows = 3,
                         .width = 8,
                         .values = reinterpret_cast<const std::byte*>(elements),
                         .offsets = offsets};
  EXPECT_EQ(lists.list(0).as<int64_t>().size(), 2u);
  EXPECT_EQ(lists.list(0).as<int64_t>()[1], 8);
  EXPECT_EQ(lists.list(1).size, 0u);
  EXPECT_EQ(lists.list(2).as<int64_t>()[0], 9);

  const float floats[] = {1, 2, 0, 0};
  const uint8_t present[] = {1, 0};
  const ColumnView vectors{.type = types::optional(types::vector(2)),
                           .rows = 2,
                           .width = 8,
                           .values = reinterpret_cast<const std::byte*>(floats),
                           .present = present};
  ASSERT_NE(vectors.vector(0), nullptr);
  EXPECT_EQ(vectors.vector(0)[1], 2.0F);
  EXPECT_EQ(vectors.vector(1), nullptr);
}

TEST(Dictionary, FindsWhatIsThereAndNothingElse) {
  const char* bytes = "abbc";
  const uint64_t offsets[] = {0, 0, 1, 3, 4};  // "", "a", "bb", "c"
  const Dictionary dictionary(4, offsets, bytes);
  EXPECT_EQ(dictionary.find(""), 0);
  EXPECT_EQ(dictionary.find("a"), 1);
  EXPECT_EQ(dictionary.find("bb"), 2);
  EXPECT_EQ(dictionary.find("c"), 3);
  EXPECT_EQ(dictionary.find("b"), std::nullopt);
  EXPECT_EQ(dictionary.find("d"), std::nullopt);
  EXPECT_EQ(Dictionary().find("a"), std::nullopt);
}

TEST(StringSpace, KeepsTheDictionarysCodesAndGoesOnBehindThem) {
  const uint64_t offsets[] = {0, 1, 2};
  const Dictionary dictionary(2, offsets, "ab");
  StringSpace space(dictionary);
  EXPECT_EQ(space.intern("b"), 1);
  const int32_t first = space.intern("zebra");
  EXPECT_EQ(first, 2);
  EXPECT_EQ(space.intern("yak"), 3);
  EXPECT_EQ(space.intern("zebra"), first);
  EXPECT_EQ(space.text(0), "a");
  EXPECT_EQ(space.text(first), "zebra");
}

TEST(Arena, BlocksAreAlignedDisjointAndReusedAfterReset) {
  Arena arena;
  const auto empty = arena.allocate<int64_t>(0);
  EXPECT_EQ(empty.size(), 0u);
  std::vector<std::span<uint8_t>> blocks;
  for (size_t i = 1; i < 400; ++i) {
    const auto block = arena.allocate<uint8_t>(i * 7);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block.data()) % 64, 0u);
    std::memset(block.data(), static_cast<int>(i & 255), block.size());
    blocks.push_back(block);
  }
  for (size_t i = 1; i < 400; ++i) {
    for (const uint8_t byte : blocks[i - 1]) {
      ASSERT_EQ(byte, i & 255);
    }
  }
  arena.reset();
  EXPECT_EQ(arena.allocate_bytes(1), empty.data());
  Arena moved = std::move(arena);
  EXPECT_NE(moved.allocate_bytes(10), nullptr);
  EXPECT_NE(arena.allocate_bytes(10), nullptr);  // NOLINT(bugprone-use-after-move): an empty arena is usable
}

TEST(Arena, TakesBlocksLargerThanItsOwn) {
  Arena arena;
  const auto large = arena.allocate<uint8_t>(size_t{10} << 20);
  large.back() = 1;
  const auto small = arena.allocate<uint8_t>(3);
  EXPECT_TRUE(small.data() >= large.data() + large.size() || small.data() + 3 <= large.data());
}

}  // namespace
}  // namespace rec::column
