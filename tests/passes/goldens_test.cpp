// Golden plans: each goldens/PASS*.rec is compiled against goldens/catalog.yaml, and the plan before and after the pass
// must be as in its .expected. `// set: NAME=VALUE` makes a parameter known, `// after: PASS…` runs others before.
// REC_UPDATE=1 rewrites the expected files; read the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "compiler/compile.h"
#include "compiler/graph/explain.h"
#include "runtime/engine/engine.h"

namespace rec::tests {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(REC_SOURCE_DIR) / "tests/passes/goldens";

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

std::string pass_of(const std::string& name) {
  return name.substr(0, name.find('_'));
}

/// What stands behind `// KEY: ` in the head of a file, word by word.
std::vector<std::string> directives(const std::string& text, const std::string& key) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && line.starts_with("//");) {
    const std::string head = "// " + key + ": ";
    if (!line.starts_with(head)) continue;
    std::istringstream words(line.substr(head.size()));
    for (std::string word; words >> word;) out.push_back(word);
  }
  return out;
}

std::vector<std::optional<types::Value>> known(const graph::Plan& plan, const std::vector<std::string>& set) {
  std::vector<std::optional<types::Value>> out(plan.parameters.size());
  for (const std::string& setting : set) {
    const size_t equals = setting.find('=');
    for (size_t p = 0; p < out.size(); ++p) {
      if (plan.parameters[p].name == setting.substr(0, equals))
        out[p] = *engine::parse_parameter(plan.parameters[p], setting.substr(equals + 1));
    }
  }
  return out;
}

class PassGolden : public testing::TestWithParam<std::string> {};

TEST_P(PassGolden, MakesThePlanThatIsExpected) {
  const auto before = fs::current_path();
  fs::current_path(kFolder);
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto catalog = catalog::parse_catalog(*sources.read("catalog.yaml"), sources, diagnostics);
  const operators::Registry registry;
  const auto compiled =
      compiler::compile(GetParam() + ".rec", catalog, registry, sources, diagnostics, {.passes = {.without = {"all"}}});
  fs::current_path(before);
  ASSERT_FALSE(diagnostics.has_errors()) << render_text(diagnostics, sources);
  const std::string text = read(kFolder / (GetParam() + ".rec"));
  graph::PlanPtr plan = compiled.plans.front();
  const auto parameters = known(*plan, directives(text, "set"));
  for (const std::string& pass : directives(text, "after"))
    plan = passes::Optimiser(catalog, {.only = pass, .verify = true}, parameters)(plan);
  const auto after = passes::Optimiser(catalog, {.only = pass_of(GetParam()), .verify = true}, parameters)(plan);
  EXPECT_NE(after, plan) << "the pass does nothing";
  const std::string got = "before:\n" + explain_text(*plan, catalog, sources) + "\nafter `" + pass_of(GetParam()) +
                          "`:\n" + explain_text(*after, catalog, sources);

  const fs::path expected = kFolder / (GetParam() + ".expected");
  if (std::getenv("REC_UPDATE") != nullptr) {
    std::ofstream(expected, std::ios::binary) << got;
  } else {
    EXPECT_EQ(got, read(expected));
  }
}

INSTANTIATE_TEST_SUITE_P(Passes, PassGolden, testing::ValuesIn(names()), [](const auto& test) { return test.param; });

TEST(Passes, EachHasAGolden) {
  std::set<std::string> covered;
  for (const auto& name : names()) covered.insert(pass_of(name));
  for (const auto& pass : passes::all()) {
    EXPECT_TRUE(covered.contains(std::string(pass.name))) << pass.name;
    EXPECT_GT(pass.doc.size(), 20U) << pass.name;
  }
}

}  // namespace
}  // namespace rec::tests
