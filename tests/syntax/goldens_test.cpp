// Golden diagnostics: what is said about tests/diagnostics/NAME.rec must be NAME.expected. REC_UPDATE=1 rewrites the
// expected files; read the diff.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "compiler/syntax/parse.h"

namespace rec::syntax {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
  return fs::path(REC_SOURCE_DIR) / "tests/diagnostics";
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What the compiler says about a file. The one function to change when later stages are to speak as well.
std::string diagnose(const std::string& name, std::string text) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  parse_module(sources.add(name, std::move(text)), sources, diagnostics);
  diagnostics.sort();
  return render_text(diagnostics, sources);
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder())) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".rec" && stem.starts_with("R1")) out.push_back(stem);
  }
  std::ranges::sort(out);
  return out;
}

class SyntaxGolden : public testing::TestWithParam<std::string> {};

TEST_P(SyntaxGolden, SaysWhatIsExpected) {
  const std::string said = diagnose(GetParam() + ".rec", read(folder() / (GetParam() + ".rec")));
  const fs::path expected = folder() / (GetParam() + ".expected");
  if (std::getenv("REC_UPDATE") != nullptr) {
    std::ofstream(expected, std::ios::binary) << said;
  } else {
    EXPECT_EQ(said, read(expected));
  }
  EXPECT_NE(said.find("[" + GetParam().substr(0, 5) + "]"), std::string::npos) << "its own code does not appear:\n"
                                                                               << said;
}

INSTANTIATE_TEST_SUITE_P(All, SyntaxGolden, testing::ValuesIn(names()),
                         [](const testing::TestParamInfo<std::string>& golden) { return golden.param; });

TEST(SyntaxGoldens, EveryCodeHasOne) {
  const auto all = names();
  for (const auto& code : diagnostics::all_codes()) {
    if (!code.text.starts_with("R1")) continue;
    const bool covered = std::ranges::any_of(all, [&](const std::string& name) { return name.starts_with(code.text); });
    EXPECT_TRUE(covered) << code.text << " " << code.name;
  }
}

}  // namespace
}  // namespace rec::syntax
