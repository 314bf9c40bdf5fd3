// What stands in the documentation compiles: every ```rec block, against the catalog of the diagnostic goldens.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compiler/check/check.h"
#include "compiler/syntax/parse.h"

namespace rec {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Documentation, EveryBlockCompiles) {
  const fs::path root = REC_SOURCE_DIR;
  const operators::Registry registry;
  size_t blocks = 0;
  for (const auto& file : {root / "docs/language.md"}) {
    const std::string text = read(file);
    for (size_t at = text.find("```rec\n"); at != std::string::npos; at = text.find("```rec\n", at + 1)) {
      const size_t begin = at + 7, end = text.find("```", begin);
      ASSERT_NE(end, std::string::npos);
      source::Sources sources;
      diagnostics::Diagnostics diagnostics;
      const auto catalog = catalog::parse_catalog(*sources.read((root / "tests/check/goldens/catalog.yaml").string()),
                                                  sources, diagnostics);
      std::vector<syntax::Module> modules;
      modules.push_back(syntax::parse_module(sources.add(file.filename().string(), text.substr(begin, end - begin)),
                                             sources, diagnostics));
      const auto plans = check::check_modules(modules, catalog, registry, sources, diagnostics).plans;
      EXPECT_TRUE(diagnostics.empty()) << render_text(diagnostics, sources);
      EXPECT_FALSE(plans.empty());
      ++blocks;
    }
  }
  EXPECT_GE(blocks, 1U);
}

}  // namespace
}  // namespace rec
