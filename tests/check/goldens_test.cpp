// Golden diagnostics: each goldens/NAME.rec is compiled against goldens/catalog.yaml, and what is said must be
// NAME.expected. REC_UPDATE=1 rewrites the expected files; read the diff.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "compiler/compile.h"

namespace rec {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(REC_SOURCE_DIR) / "tests/check/goldens";

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".rec") out.push_back(entry.path().stem().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class DiagnosticGolden : public testing::TestWithParam<std::string> {};

TEST_P(DiagnosticGolden, SaysWhatIsExpected) {
  const auto before = fs::current_path();
  fs::current_path(kFolder);  // paths in messages are as a user would type them
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto catalog = catalog::parse_catalog(*sources.read("catalog.yaml"), sources, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render_text(diagnostics, sources);
  const operators::Registry registry;
  const auto compiled =
      compiler::compile(GetParam() + ".rec", catalog, registry, sources, diagnostics,
                        {.lints = GetParam().starts_with("R45") ? compiler::Lints::told : compiler::Lints::silent});
  if (!diagnostics.has_errors()) compiled.pipeline("", diagnostics);
  diagnostics.sort();
  std::string text = render_text(diagnostics, sources);
  fs::current_path(before);
  // Where the project lies is no part of a message.
  text = std::regex_replace(text, std::regex(kFolder.string() + "/"), "");

  const fs::path expected = kFolder / (GetParam() + ".expected");
  if (std::getenv("REC_UPDATE")) {
    std::ofstream(expected, std::ios::binary) << text;
  } else {
    EXPECT_EQ(text, read(expected));
  }
  EXPECT_NE(text.find("[" + GetParam().substr(0, 5) + "]"), std::string::npos)
      << "the code it is named for does not appear:\n"
      << text;
}

INSTANTIATE_TEST_SUITE_P(Check, DiagnosticGolden, testing::ValuesIn(names()),
                         [](const auto& test) { return test.param; });

TEST(DiagnosticCodes, EveryCodeHasAGolden) {
  std::set<std::string> covered;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(REC_SOURCE_DIR) / "tests")) {
    const auto extension = entry.path().extension();
    if (extension != ".expected" && extension != ".txt") continue;
    const std::string text = read(entry.path());
    static const std::regex kCode(R"((?:error|warning)\[(R\d{4})\])");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), kCode); it != std::sregex_iterator(); ++it)
      covered.insert((*it)[1]);
  }
  for (const auto& info : diagnostics::all_codes()) {
    if (info.text.starts_with("R9")) continue;
    EXPECT_TRUE(covered.contains(std::string(info.text))) << info.text << " " << info.name << " appears in no golden";
    EXPECT_GT(info.explanation.size(), 40U) << info.text;
  }
}

}  // namespace
}  // namespace rec
