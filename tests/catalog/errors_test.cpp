// Goldens of what the catalog's reader says: errors/NAME.yaml is a catalog with the mistake NAME, errors/NAME.txt the
// report. With REC_UPDATE=1 in the environment the reports are written anew; read the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "compiler/catalog/catalog.h"

namespace rec::catalog {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(REC_SOURCE_DIR) / "tests/catalog/errors";

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::set<std::filesystem::path> catalogs() {
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") paths.insert(entry.path());
  }
  return paths;
}

TEST(CatalogErrors, Goldens) {
  for (const auto& path : catalogs()) {
    source::Sources sources;
    diagnostics::Diagnostics diagnostics;
    parse_catalog(sources.add("catalog.yaml", read(path)), sources, diagnostics);
    diagnostics.sort();
    const std::string report = diagnostics::render_text(diagnostics, sources);
    const auto expected = std::filesystem::path(path).replace_extension(".txt");
    if (std::getenv("REC_UPDATE") != nullptr) std::ofstream(expected, std::ios::binary) << report;
    EXPECT_EQ(report, read(expected)) << path;
    EXPECT_TRUE(diagnostics.has_errors()) << path;
  }
}

TEST(CatalogErrors, EveryCodeOfACatalogHasAGolden) {
  for (const auto& info : diagnostics::all_codes()) {
    const auto number = static_cast<int>(info.code);
    if (number < 6000 || number >= 6500) continue;
    const auto report = read(kFolder / (std::string(info.name) + ".txt"));
    EXPECT_NE(report.find("error[" + std::string(info.text) + "]"), std::string::npos) << info.name;
  }
}

}  // namespace
}  // namespace rec::catalog
