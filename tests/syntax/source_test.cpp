// Files: what is refused and why, byte order marks, and places counted in lines and code points.
#include "compiler/source/source.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace rec::source {
namespace {

class SourceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::path(testing::TempDir()) / "rec-source-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& bytes) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
  ReadError fail(const std::string& path) {
    Sources sources;
    const auto result = sources.read(path);
    EXPECT_FALSE(result.has_value());
    return result.has_value() ? ReadError{} : result.error();
  }

  std::filesystem::path folder_;
};

TEST_F(SourceTest, ReadsAndDropsAByteOrderMark) {
  Sources sources;
  const auto id = sources.read(write("a.rec", "\xEF\xBB\xBFone\ntwo\r\n"));
  ASSERT_TRUE(id.has_value());
  const File& file = sources.file(*id);
  EXPECT_EQ(file.text, "one\ntwo\r\n");
  EXPECT_EQ(file.line(1), "one");
  EXPECT_EQ(file.line(2), "two");
  EXPECT_EQ(file.line(3), "");
  EXPECT_EQ(file.line(4), "");
}

TEST_F(SourceTest, SaysWhyAFileIsRefused) {
  EXPECT_EQ(fail((folder_ / "none.rec").string()).reason, ReadError::Reason::missing);
  EXPECT_EQ(fail(folder_.string()).reason, ReadError::Reason::directory);
  const ReadError utf8 = fail(write("b.rec", "let x\xFF"));
  EXPECT_EQ(utf8.reason, ReadError::Reason::invalid_utf8);
  EXPECT_EQ(utf8.offset, 5u);
  const ReadError nul = fail(write("c.rec", std::string("ab\0c", 4)));
  EXPECT_EQ(nul.reason, ReadError::Reason::nul_byte);
  EXPECT_EQ(nul.offset, 2u);
  const auto large = write("d.rec", "");
  std::filesystem::resize_file(large, kMaxFileBytes + 1);
  EXPECT_EQ(fail(large).reason, ReadError::Reason::too_large);
}

TEST(Utf8, AcceptsExactlyWhatIsWellFormed) {
  EXPECT_EQ(find_invalid_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("ok\xC0\xAF"), 2u);        // overlong
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\xAF"), 0u);      // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // past U+10FFFF
  EXPECT_EQ(find_invalid_utf8("x\xE2\x82"), 1u);         // cut short
  EXPECT_EQ(find_invalid_utf8("\x80"), 0u);              // no lead
}

TEST(Places, CountCodePointsFromOne) {
  Sources sources;
  const File& file = sources.file(sources.add("x", "a\u00e9z\n\tb"));
  EXPECT_EQ(file.locate(0).column, 1u);
  EXPECT_EQ(file.locate(3).column, 3u);
  EXPECT_EQ(file.locate(5).line, 2u);
  EXPECT_EQ(file.locate(6).column, 2u);
  EXPECT_EQ(file.locate(1000).column, 3u);
}

TEST(Places, JoinCoversBoth) {
  EXPECT_EQ(join({0, 4, 6}, {0, 1, 2}), (Span{0, 1, 6}));
  EXPECT_EQ(join(Span{}, {0, 1, 2}), (Span{0, 1, 2}));
}

}  // namespace
}  // namespace rec::source
