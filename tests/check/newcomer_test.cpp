// Mistakes that people make who come from SQL, Python or C: each is one error that names the fix.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "compiler/compile.h"
#include "tests/store/temporary_directory.h"

namespace rec {
namespace {

struct Mistake {
  const char* what;
  const char* step;  // in a pipeline, behind its recall
  const char* fix;   // what the message or its help says to write
};

constexpr std::array kMistakes{
    Mistake{"one equals sign", "where item.likes = 3", "`==`"},
    Mistake{"C's and", "where item.likes > 3 && item.kind == \"video\"", "write `and`"},
    Mistake{"C's not", "where !(item.likes > 3)", "write `not`"},
    Mistake{"C's choice", "let x = item.likes > 3 ? 1 : 2", "if CONDITION then A else B"},
    Mistake{"Python's choice", "let x = 1 if item.likes > 3 else 2", "if C then A else B"},
    Mistake{"single quotes", "where item.kind == 'video'", "write `\"video\"`"},
    Mistake{"null", "where item.price == null", "write `none`"},
    Mistake{"is null", "where item.price is null", "write `none`"},
    Mistake{"semicolons", "take 5;", "`;` is not needed"},
    Mistake{"hash comments", "take 5 # the best", "write `//`"},
    Mistake{"ORDER BY", "order by item.likes", "sort by EXPR"},
    Mistake{"DESC", "sort by item.likes desc", "the largest come first"},
    Mistake{"LIMIT", "limit 5", "take N"},
    Mistake{"BETWEEN", "where item.likes between 1 and 5", "x in a .. b"},
    Mistake{"LIKE", "where item.kind like \"vid%\"", "starts_with"},
    Mistake{"<>", "where item.kind <> \"video\"", "write `!=`"},
    Mistake{"upper-case keywords", "where item.likes > 3 AND item.likes < 9", "write `and`"},
    Mistake{"loops", "for x in user.clicks { take 5 }", "no loop"},
    Mistake{"if as a step", "if item.likes > 3 { take 5 }", "where CONDITION"},
    Mistake{"lambda", "let n = user.clicks.count(lambda e: e.item == item)", "e => EXPR"},
    Mistake{"per cent", "let x = float(item.likes) * 10%", "0.1"},
    Mistake{"power", "let x = item.likes ^ 2", "write `**`"},
    Mistake{"joined strings", "let t = item.kind + \"x\"", "starts_with"},
    Mistake{"a missing default", "let p = item.price * 2", "item.price ?? 0.0"},
    Mistake{"chained comparisons", "where 1 < item.likes < 5", "join two comparisons with `and`"},
    Mistake{"durations without a unit", "where age(item.created_at) < 30", ".days"},
    Mistake{"assignment without let", "x = item.likes * 2", "let x = …"},
    Mistake{"a bare column", "where likes > 3", "write `item.likes`"},
    Mistake{"True", "let x = True", "write `true`"},
    Mistake{"filter", "let x = user.clicks.filter(e => e.seconds is not none)", "where(e => …)"},
    Mistake{"length", "let x = item.tags.length", "len(xs)"},
    Mistake{"startswith", "where item.kind.startswith(\"v\")", "starts_with(s"},
    Mistake{"else if", "when 1 == 1 { take 5 } else if 2 == 2 { take 3 }", "else when"},
    Mistake{"top without by", "top 5 item.likes", "top N by EXPR"},
};

struct Said {
  size_t errors;
  std::string text;
};

Said compiled(const std::string& text) {
  TemporaryDirectory directory;
  std::ofstream(directory.path("home.rec")) << text;
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto catalog = catalog::parse_catalog(
      *sources.read(std::string(REC_SOURCE_DIR) + "/tests/check/goldens/catalog.yaml"), sources, diagnostics);
  const operators::Registry registry;
  compiler::compile(directory.path("home.rec"), catalog, registry, sources, diagnostics);
  diagnostics.sort();
  return {diagnostics.list().size(), render_text(diagnostics, sources)};
}

TEST(Newcomers, EachMistakeIsOneErrorThatNamesTheFix) {
  static_assert(kMistakes.size() >= 20);
  for (const Mistake& mistake : kMistakes) {
    SCOPED_TRACE(mistake.what);
    const Said said = compiled("pipeline home(user: users, item: notes) {\n  recall { all = items take 10 }\n  " +
                               std::string(mistake.step) + "\n}\n");
    EXPECT_EQ(said.errors, 1U) << said.text;
    EXPECT_NE(said.text.find(mistake.fix), std::string::npos) << said.text;
  }
}

TEST(Newcomers, SoAreWholeFilesOfOtherLanguages) {
  const std::string pipeline = "pipeline home(user: users, item: notes) {\n  recall { all = items take 10 }\n}\n";
  for (const auto& [text, fix] :
       {std::pair<std::string, std::string>{"SELECT * FROM notes WHERE likes > 3 ORDER BY likes DESC LIMIT 10\n",
                                            "pipeline NAME(user: TABLE, item: TABLE)"},
        {"def value(x):\n  return x * 2\n" + pipeline, "fn NAME(x: float) = EXPR"},
        {"import lib/formulas\n" + pipeline, "import \"FILE\""},
        {"const float weight = 2.0\n" + pipeline, "param NAME : TYPE = LITERAL"}}) {
    const Said said = compiled(text);
    EXPECT_EQ(said.errors, 1U) << text << said.text;
    EXPECT_NE(said.text.find(fix), std::string::npos) << said.text;
  }
}

}  // namespace
}  // namespace rec
