// rec-run fmt as a user runs it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rec {
namespace {

namespace fs = std::filesystem;

class FmtTool : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "rec-fmt-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string read(const std::string& name) {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// The exit code; standard output and error are in the files `out` and `err`.
  int fmt(const std::string& arguments) {
    const std::string command =
        "cd " + folder_.string() + " && " + REC_BINARY_DIR + "/rec-run fmt " + arguments + " >out 2>err";
    return WEXITSTATUS(std::system(command.c_str()));
  }

  fs::path folder_;
};

constexpr const char* kWritten = "param a:int=3 // keep\n";
constexpr const char* kFormatted = "param a : int = 3  // keep\n";

TEST_F(FmtTool, WritesInPlaceWhatChanges) {
  write("a.rec", kWritten);
  fs::create_directory(folder_ / "below");
  write("below/b.rec", kFormatted);
  fs::permissions(folder_ / "a.rec", fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  EXPECT_EQ(fmt("."), 0);
  EXPECT_EQ(read("a.rec"), kFormatted);
  EXPECT_EQ(read("err"), "./a.rec formatted\n");
  EXPECT_EQ(fs::status(folder_ / "a.rec").permissions(),
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  EXPECT_EQ(fmt("."), 0);
  EXPECT_EQ(read("err"), "");
}

TEST_F(FmtTool, CheckAndDiffChangeNothing) {
  write("a.rec", kWritten);
  EXPECT_EQ(fmt("--check a.rec"), 1);
  EXPECT_EQ(read("out"), "a.rec\n");
  EXPECT_EQ(fmt("--diff a.rec"), 0);
  EXPECT_EQ(read("out"), "--- a.rec\n+++ a.rec\n@@ -1,1 +1,1 @@\n-" + std::string(kWritten) + "+" + kFormatted);
  EXPECT_EQ(fmt("--check --diff a.rec"), 1);
  EXPECT_EQ(read("a.rec"), kWritten);
}

TEST_F(FmtTool, StandardInputGoesToStandardOutput) {
  write("in", kWritten);
  EXPECT_EQ(fmt("- <in"), 0);
  EXPECT_EQ(read("out"), kFormatted);
}

TEST_F(FmtTool, WhatDoesNotParseStaysAsItIs) {
  write("a.rec", "param a int = 3\n");
  EXPECT_EQ(fmt("a.rec missing.rec"), 3);
  EXPECT_EQ(read("a.rec"), "param a int = 3\n");
  EXPECT_NE(read("err").find("a.rec:1:9"), std::string::npos) << read("err");
  EXPECT_NE(read("err").find("cannot read missing.rec"), std::string::npos) << read("err");
}

TEST_F(FmtTool, SaysWhyAFileCannotBeRead) {
  EXPECT_NE(fmt("missing.rec"), 0);
  EXPECT_NE(read("err").find("cannot read missing.rec: there is no such file"), std::string::npos) << read("err");
  write("latin.rec", "// caf\xE9\n");
  EXPECT_NE(fmt("latin.rec"), 0);
  EXPECT_NE(read("err").find("cannot read latin.rec: line 1, byte 7 of the file, is not valid UTF-8"),
            std::string::npos)
      << read("err");
}

}  // namespace
}  // namespace rec
