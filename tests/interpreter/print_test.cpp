// Random programs survive being written in another way: parse, print, parse.
#include <gtest/gtest.h>

#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"
#include "tests/format/mangle.h"
#include "tests/interpreter/program_writer.h"

namespace rec::interpreter {
namespace {

TEST(RandomPrograms, SurviveTheFormatter) {
  const operators::Registry registry;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const std::string program = ProgramWriter(registry, seed).pipeline();
    const std::string strange = format::mangled(program, seed, static_cast<int>(seed % 20));
    source::Sources sources;
    diagnostics::Diagnostics diagnostics;
    const auto once = format::format(sources.add("p.rec", strange), sources, diagnostics);
    ASSERT_TRUE(once) << "seed " << seed << "\n" << render_text(diagnostics, sources);
    ASSERT_EQ(format::tokens_of(*once), format::tokens_of(program)) << "seed " << seed << "\n" << *once;
    ASSERT_EQ(format::format(sources.add("q.rec", *once), sources, diagnostics), once) << "seed " << seed;
  }
}

TEST(RandomPrograms, ExpressionsPrintToWhatParsesToTheSame) {
  const operators::Registry registry;
  ProgramWriter writer(registry, 7);
  for (int i = 0; i < 3000; ++i) {
    const std::string written = writer.expression(i % 2 == 0 ? types::Kind::floating : types::Kind::boolean, 4);
    source::Sources sources;
    diagnostics::Diagnostics diagnostics;
    const auto parse = [&](const std::string& text) {
      const auto file = sources.add("e.rec", text);
      return syntax::parse_expression({file, 0, static_cast<uint32_t>(text.size())}, sources, diagnostics);
    };
    const std::string once = syntax::print(*parse(written));
    const std::string twice = syntax::print(*parse(once));
    ASSERT_TRUE(diagnostics.empty()) << written << "\n" << once << "\n" << render_text(diagnostics, sources);
    ASSERT_EQ(once, twice) << written;
  }
}

}  // namespace
}  // namespace rec::interpreter
