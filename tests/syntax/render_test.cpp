// Diagnostics as text and JSON, and what they suggest.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compiler/diagnostics/diagnostics.h"

namespace rec::diagnostics {
namespace {

using source::Span;

Span find(const source::Sources& sources, source::FileId id, std::string_view word) {
  const size_t at = sources.file(id).text.find(word);
  EXPECT_NE(at, std::string::npos) << word;
  return {id, static_cast<uint32_t>(at), static_cast<uint32_t>(at + word.size())};
}

TEST(Render, FrameWithLabelAndHelp) {
  source::Sources sources;
  std::string text(20, '\n');
  const auto id = sources.add("pipelines/home_feed.rec", text + "  where item.authr not in user.blocked_authors\n");
  Diagnostics d;
  d.error(Code::internal_error, find(sources, id, "authr"), "unknown column `authr` of `notes`", "not a column")
      .help.push_back("did you mean `author`?");
  EXPECT_EQ(render_text(d, sources),
            "error[R9001]: unknown column `authr` of `notes`\n"
            "  --> pipelines/home_feed.rec:21:14\n"
            "   |\n"
            "21 |   where item.authr not in user.blocked_authors\n"
            "   |              ^^^^^ not a column\n"
            "   |\n"
            "help: did you mean `author`?\n");
}

TEST(Render, WithoutAPlaceIsHeaderNotesAndHelp) {
  Diagnostics d;
  auto& error = d.error(Code::internal_error, {}, "no data");
  error.notes.push_back("a note");
  error.help.push_back("some help");
  EXPECT_EQ(render_text(d, {}), "error[R9001]: no data\nnote: a note\nhelp: some help\n");
}

TEST(Render, SeveralLabelsSeveralFilesAndGaps) {
  source::Sources sources;
  const auto a = sources.add("a.rec", "one two\n\tthree\n\nfour\nfive\n");
  const auto b = sources.add("b.rec", "elsewhere");
  Diagnostics d;
  auto& w = d.warning(Code::internal_error, find(sources, a, "three"), "seen", "here");
  w.secondary.push_back({find(sources, a, "two"), "first"});
  w.secondary.push_back({find(sources, a, "one"), ""});
  w.secondary.push_back({find(sources, a, "five"), "last"});
  w.secondary.push_back({find(sources, b, "where"), "there"});
  EXPECT_EQ(render_text(d, sources),
            "warning[R9001]: seen\n"
            " --> a.rec:2:2\n"
            "  |\n"
            "1 | one two\n"
            "  | ---\n"
            "  |     --- first\n"
            "2 |     three\n"
            "  |     ^^^^^ here\n"
            "...\n"
            "5 | five\n"
            "  | ---- last\n"
            " ::: b.rec:1:5\n"
            "  |\n"
            "1 | elsewhere\n"
            "  |     ----- there\n");
}

TEST(Render, SpansOfSeveralLines) {
  source::Sources sources;
  const auto id = sources.add("a.rec", "let a = max(\n  1,\n  2)\nlet b = 1\n");
  Diagnostics d;
  d.error(Code::internal_error, find(sources, id, "max(\n  1,\n  2)"), "m", "all of it");
  EXPECT_EQ(render_text(d, sources),
            "error[R9001]: m\n"
            " --> a.rec:1:9\n"
            "  |\n"
            "1 | let a = max(\n"
            "  |         ^^^^\n"
            "2 |   1,\n"
            "3 |   2)\n"
            "  |   ^^ all of it\n");
}

TEST(Render, CodePointsEmptySpansAndTheEndOfAFile) {
  source::Sources sources;
  const auto id = sources.add("a.rec", "\"\u00e9\u4e2d\" x\n");
  Diagnostics d;
  d.error(Code::internal_error, find(sources, id, "x"), "m", "x");
  d.error(Code::internal_error, {id, 100, 100}, "m2", "end");
  EXPECT_EQ(render_text(d, sources),
            "error[R9001]: m\n --> a.rec:1:6\n  |\n1 | \"\u00e9\u4e2d\" x\n  |      ^ x\n\n"
            "error[R9001]: m2\n --> a.rec:2:1\n  |\n2 |\n  | ^ end\n");
}

TEST(Render, ControlCharactersAndLongLinesDoNotReachTheTerminal) {
  source::Sources sources;
  const auto id = sources.add("a.rec", "\x1b[31m" + std::string(5000, 'y') + "z" + std::string(5000, 'y'));
  Diagnostics d;
  d.error(Code::internal_error, find(sources, id, "z"), "a \x1b message", "z");
  const std::string text = render_text(d, sources);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_LT(text.size(), 500u);
  EXPECT_NE(text.find("^ z"), std::string::npos);
  EXPECT_NE(render_text(d, sources, true).find("\x1b[1;31m"), std::string::npos);
}

TEST(Render, SpansOutOfTheFileAndBrokenTextDoNotCrash) {
  source::Sources sources;
  const auto id = sources.add("a.rec", "\xFF\x80\xC3\n\n\xE2");
  for (uint32_t begin = 0; begin < 9; ++begin) {
    for (uint32_t end = 0; end < 9; ++end) {
      Diagnostics d;
      d.error(Code::internal_error, {id, begin, end}, "m\xFF", "l");
      EXPECT_FALSE(render_text(d, sources).empty());
      EXPECT_FALSE(render_json(d, sources).empty());
    }
  }
}

TEST(Render, Json) {
  source::Sources sources;
  const auto id = sources.add("a.rec", "one\ntwo");
  Diagnostics d;
  d.error(Code::internal_error, find(sources, id, "two"), "m", "l").help.push_back("h");
  d.warning(Code::internal_error, {}, "w");
  const auto json = nlohmann::json::parse(render_json(d, sources));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["code"], "R9001");
  EXPECT_EQ(json[0]["severity"], "error");
  EXPECT_EQ(json[0]["file"], "a.rec");
  EXPECT_EQ(json[0]["line"], 2);
  EXPECT_EQ(json[0]["column"], 1);
  EXPECT_EQ(json[0]["end_column"], 4);
  EXPECT_EQ(json[0]["label"], "l");
  EXPECT_EQ(json[0]["help"][0], "h");
  EXPECT_TRUE(json[1]["file"].is_null());
  EXPECT_EQ(json[1]["severity"], "warning");
}

TEST(Collection, SortsAndDropsRepeats) {
  Diagnostics d;
  d.error(Code::internal_error, {0, 5, 6}, "b");
  d.error(Code::internal_error, {0, 1, 2}, "a");
  d.error(Code::internal_error, {0, 5, 6}, "b");
  d.warning(Code::internal_error, {0, 7, 8}, "c");
  d.sort();
  ASSERT_EQ(d.list().size(), 3u);
  EXPECT_EQ(d.list()[0].message, "a");
  EXPECT_EQ(d.errors(), 2u);
}

TEST(Codes, AreFoundByText) {
  EXPECT_EQ(find_code("r9001"), Code::internal_error);
  EXPECT_FALSE(find_code("R0000"));
  EXPECT_EQ(info(Code::internal_error).text, "R9001");
  for (size_t i = 1; i < all_codes().size(); ++i) EXPECT_LT(all_codes()[i - 1].code, all_codes()[i].code);
  for (const CodeInfo& code : all_codes()) EXPECT_GT(code.explanation.size(), 40u) << code.text;
}

TEST(Nearest, WithinAThird) {
  EXPECT_EQ(did_you_mean("authr", {"topic", "author", "id"}), "did you mean `author`?");
  EXPECT_EQ(did_you_mean("Notes", {"notes"}), "did you mean `notes`?");
  EXPECT_EQ(did_you_mean("clcik", {"click"}), "did you mean `click`?");
  EXPECT_EQ(did_you_mean("likes_1d", {"likes_7d", "likes_30d", "views"}), "did you mean `likes_7d` or `likes_30d`?");
  EXPECT_EQ(did_you_mean("zzz", {"author"}), "");
  EXPECT_EQ(did_you_mean("author", {"author"}), "");
}

}  // namespace
}  // namespace rec::diagnostics
