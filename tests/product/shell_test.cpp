// The commands around strategies: explanations of codes, completion in a shell.
#include "workspace.h"

namespace rec::product {
namespace {

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ExplainProduct, ACodeHasAParagraph) {
  const Workspace space;
  const Outcome found = space.rec_run("explain r2002");
  EXPECT_EQ(found.exit, 0) << found.err;
  EXPECT_TRUE(found.out.starts_with("R2002: unknown column\n\nThe catalog says which columns")) << found.out;
}

TEST(ExplainProduct, AnUnknownCodeSuggestsTheNearest) {
  const Workspace space;
  const auto says = [&](const std::string& code, const std::string& text) {
    const Outcome got = space.rec_run("explain " + code);
    EXPECT_EQ(got.exit, 2);
    EXPECT_TRUE(got.out.empty());
    EXPECT_NE(got.err.find(text), std::string::npos) << got.err;
  };
  says("2001", "did you mean `R2001`?");
  says("R20011", "did you mean `R2001`");
  says("R9999", "`R9001`");
  says("no_strategy", "a strategy needs the data");
}

TEST(CompletionProduct, BashTakesTheScriptAndCompletes) {
  const Workspace space;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const Outcome script = space.rec_run("completion " + shell);
    ASSERT_EQ(script.exit, 0) << script.err;
    for (const auto* word : {"operators", "completion", "explain", "data"}) {
      EXPECT_NE(script.out.find(word), std::string::npos) << shell << ": " << word;
    }
    space.write("script." + shell, script.out);
  }
  EXPECT_EQ(space.rec_run("completion tcsh").exit, 2);
  ASSERT_EQ(std::system(("bash -n '" + space.path("script.bash") + "'").c_str()), 0);

  space.write("feed one.rec", "");
  space.write("notes.txt", "");
  space.write("data/catalog.yaml", "");
  space.write("try.sh",
              "cd \"$1\"; shift; source script.bash\n"
              "COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _rec_run; printf '%s\\n' \"${COMPREPLY[@]}\"\n");
  const auto completes = [&](const std::string& line) {
    const std::string out = space.path("completed");
    const std::string command =
        "bash '" + space.path("try.sh") + "' '" + space.path() + "' rec-run " + line + " > '" + out + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return contents(out);
  };
  EXPECT_EQ(completes("expl"), "explain\n");
  EXPECT_EQ(completes("fe"), "feed one.rec\n");
  EXPECT_EQ(completes("run ''"), "feed one.rec\ndata\n");
  EXPECT_EQ(completes("run x.rec --da"), "--data\n");
  EXPECT_EQ(completes("run x.rec --data ''"), "data\n");
  EXPECT_EQ(completes("x.rec --format j"), "json\n");
  EXPECT_EQ(completes("explain R201"), "R2010\nR2011\nR2012\nR2013\nR2014\nR2015\nR2016\n");
  EXPECT_EQ(completes("completion z"), "zsh\n");
}

}  // namespace
}  // namespace rec::product
