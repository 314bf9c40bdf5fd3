// The manual of the catalog: its example is right, and it names every algorithm and option.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/index_options.h"

namespace rec::catalog {
namespace {

std::string manual() {
  std::ostringstream text;
  text << std::ifstream(REC_SOURCE_DIR "/docs/catalog.md").rdbuf();
  return text.str();
}

TEST(CatalogManual, ExampleIsRight) {
  const std::string text = manual();
  const size_t begin = text.find("```yaml\n") + 8;
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto file = sources.add("docs/catalog.md", text.substr(begin, text.find("```", begin) - begin));
  const Catalog catalog = parse_catalog(file, sources, diagnostics);
  EXPECT_EQ(diagnostics::render_text(diagnostics, sources), "");
  EXPECT_EQ(catalog.tables.size(), 2U);
}

TEST(CatalogManual, NamesEveryAlgorithmAndOption) {
  const std::string text = manual();
  for (const IndexAlgorithm& algorithm : index_algorithms()) {
    const size_t row = text.find("\n| `" + std::string(algorithm.name) + "` |");
    ASSERT_NE(row, std::string::npos) << algorithm.name;
    const std::string line = text.substr(row + 1, text.find('\n', row + 1) - row - 1);
    for (const IndexOption& option : algorithm.options) {
      const bool abbreviated = option.name == "metric";  // explained once, at `flat`
      const std::string entry = "`" + std::string(option.name) + "`" + (abbreviated ? "" : " ");
      EXPECT_NE(line.find(entry), std::string::npos) << algorithm.name << " " << option.name;
    }
  }
}

}  // namespace
}  // namespace rec::catalog
