// The reference page is what the registry says.
#include "tests/product/workspace.h"

namespace rec::product {
namespace {

TEST(Reference, PageIsGeneratedFromTheRegistry) {
  const Workspace workspace;
  const auto printed = workspace.rec_run("operators --format markdown");
  EXPECT_EQ(printed.exit, 0) << printed.err;
  std::ifstream in(std::string(REC_SOURCE_DIR) + "/docs/reference.md", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(page == printed.out)
      << "docs/reference.md is out of date: rec-run operators --format markdown > docs/reference.md";
}

}  // namespace
}  // namespace rec::product
